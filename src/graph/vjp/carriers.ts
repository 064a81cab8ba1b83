import type { DType, Graph, Node, Value } from '../ir.ts';

/** Inputs that say where, not how much. */
const indexInputs: Readonly<Record<string, readonly number[]>> = {
  Gather: [1],
  GatherElements: [1],
  GatherND: [1],
  ScatterElements: [1],
  ScatterND: [1],
  MaxUnpool: [1],
  OneHot: [0],
};

export const isIndex = ({ op }: Node, input: number): boolean =>
  Object.hasOwn(indexInputs, op) && (indexInputs[op] as readonly number[]).includes(input);

/** Ops that make integers which stand for the floats they are given. */
const quantising = new Set(['QuantizeLinear', 'DynamicQuantizeLinear', 'Cast']);

/**
 * What of `sources` depends on them in a way that cotangents travel back: every float, and integers that stand for
 * floats, through whatever keeps their type or multiplies them. Truths and places carry none.
 */
export function carriers(graph: Graph, sources: readonly Value[]): Set<Value> {
  const found = new Set(sources);
  for (const node of graph.nodes) {
    const given = node.inputs.filter((input, i): input is Value => input !== undefined && found.has(input) && !isIndex(node, i));
    if (given.length === 0) continue;
    for (const output of node.outputs) if (output.dtype === 'float32' || standsForFloat(node, output, given)) found.add(output);
  }
  return found;
}

const integers: ReadonlySet<DType> = new Set(['int8', 'uint8', 'int32', 'int64']);

function standsForFloat({ op, outputs }: Node, output: Value, given: readonly Value[]): boolean {
  if (!integers.has(output.dtype)) return false;
  if (quantising.has(op)) return output === outputs[0];
  const whole = given.filter(({ dtype }) => integers.has(dtype));
  return multiplying.has(op) ? whole.length > 0 : whole.some(({ dtype }) => dtype === output.dtype);
}

const multiplying = new Set(['QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger']);
