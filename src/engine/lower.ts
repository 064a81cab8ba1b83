import type { Graph, Node, Value } from '../graph/ir.ts';
import { lowerings } from './lowerings.ts';
import { OnnxBuilder } from './onnxBuilder.ts';

/** An IR graph as the bytes of an ONNX model: opset 17, constants as initialisers, inputs and outputs by name. */
export function lower(graph: Graph): Uint8Array {
  const onnx = new OnnxBuilder();
  const names = valueNames(graph);
  const nameOf = (value: Value | undefined): string => (value ? (names.get(value) ?? `#${value.id}`) : '');
  for (const { node, shape, dtype } of graph.inputs) onnx.input(node.name, shape, dtype);
  for (const node of graph.nodes) lowerNode(onnx, node, nameOf);
  for (const [name, value] of graph.outputs) {
    if (names.get(value) !== name) onnx.node('Identity', [nameOf(value)], {}, [name]);
    onnx.output(name, value.shape, value.dtype);
  }
  return onnx.encode();
}

function lowerNode(onnx: OnnxBuilder, node: Node, nameOf: (value: Value | undefined) => string): void {
  const outputs = node.outputs.map(nameOf);
  if (node.op === 'Input') return;
  if (node.op === 'Constant') {
    const [value] = node.outputs;
    if (!value || !node.data) throw new Error(`Constant ${node.name} without a value`);
    onnx.tensor(node.data, value.shape, value.dtype, nameOf(value));
    return;
  }
  for (const value of node.outputs) onnx.typeOf(nameOf(value), value.shape, value.dtype);
  const inputs = node.inputs.map(nameOf);
  const special = lowerings[node.op];
  if (special) special({ onnx, node, inputs, outputs });
  else onnx.node(node.op, inputs, node.attributes, outputs);
}

/**
 * Inputs and outputs go by their own names, everything inside by its number. An output that is a leaf, or the same
 * value as another, has no name here and gets an Identity.
 */
function valueNames(graph: Graph): Map<Value, string> {
  const names = new Map<Value, string>(graph.inputs.map((value) => [value, value.node.name]));
  for (const [name, value] of graph.outputs)
    if (!names.has(value) && value.node.op !== 'Constant') names.set(value, name);
  return names;
}
