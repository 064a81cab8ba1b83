import { UserError } from '../../../src/core/errors.ts';
import { sizeOf } from '../../../src/graph/broadcast.ts';
import type { DType, Value } from '../../../src/graph/ir.ts';
import { filled } from '../evaluators/evaluator.ts';
import type { Import } from '../importer.ts';
import { mostElements } from '../limits.ts';
import type { OnnxNode } from '../node.ts';

/** Numbers that are an attribute in early opsets and an input in later ones; undefined where the file leaves them out. */
export function given(node: OnnxNode, { numbers }: Import, name: string, at: number): readonly number[] | undefined {
  const input = node.inputs[at];
  if (input) return numbers(input);
  return node.has(name) ? node.ints(name) : undefined;
}

/** The same where they must be there. */
export function needed(node: OnnxNode, into: Import, name: string, at: number): readonly number[] {
  const found = given(node, into, name, at);
  if (!found) throw node.unsupported(`it has no ${name}`);
  return found;
}

/** A constant that the node stands for, number by number. */
export function constant(
  node: OnnxNode,
  { graph }: Import,
  dtype: DType,
  shape: readonly number[],
  at: (i: number) => number,
): Value {
  const size = sizeOf(shape);
  if (size > mostElements) throw new UserError(`${node.op} '${node.name}': expected at most 1 GB in one value, found [${shape.join(', ')}]`);
  const number = dtype === 'int64' ? (i: number) => int64(at(i)) : at;
  return graph.constant(filled(dtype, size, number), shape, dtype, node.name);
}

const largest = 2n ** 63n - 1n;

/** A number may have been rounded up to 2⁶³, which is how ends of slices say 'to the end'. */
const int64 = (value: number): bigint => (BigInt(value) > largest ? largest : BigInt(value));
