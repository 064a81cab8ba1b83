import { UserError } from '../../src/core/errors.ts';
import { TensorProto_DataLocation, type GraphProto, type ModelProto, type NodeProto, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';
import { elementsOf, elementTypeName, stored } from './elementTypes.ts';
import { mostElements } from './limits.ts';
import { subgraphs, tensorsOf } from './walk.ts';

/** Refuses what is no model that can be followed from its inputs to its outputs, or says of itself what is not so. */
export function checkModel(file: string, model: ModelProto): GraphProto {
  const { graph } = model;
  if (!graph) throw new UserError(`${file}: not an ONNX model: it holds no graph`);
  for (const tensor of tensorsOf(model)) checkTensor(file, tensor);
  checkOrder(file, graph, new Set());
  for (const { name, input, node } of model.functions) checkNodes(file, node, new Set(input), `function '${name}'`);
  return graph;
}

/** A tensor holds as much as its shape says, before anyone allocates by that shape. */
function checkTensor(file: string, tensor: TensorProto): void {
  const wrong = (problem: string): UserError => new UserError(`${file}: tensor '${tensor.name}': ${problem}`);
  const shape = `[${tensor.dims.join(', ')}]`;
  if (tensor.dims.some((n) => n < 0n)) throw wrong(`expected no negative size, found ${shape}`);
  if (tensor.segment) throw wrong('a tensor in segments is not supported');
  const held = stored(tensor);
  if (!held) throw wrong(`expected an element type of ONNX, found ${elementTypeName(tensor.dataType)}`);
  if (elementsOf(tensor) > mostElements * 2) throw wrong(`expected at most 2 GB, found ${shape}`);
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) throw wrong('its data are in another file');
  const { expected, found, unit } = held;
  if (found !== expected) throw wrong(`expected ${expected} ${unit} for ${elementTypeName(tensor.dataType)} ${shape}, found ${found}`);
}

/** A graph sees what is around it. */
function checkOrder(file: string, graph: GraphProto, around: ReadonlySet<string>): void {
  const known = new Set(around);
  for (const { name } of graph.input) known.add(name);
  for (const { name } of graph.initializer) known.add(name);
  for (const { values } of graph.sparseInitializer) if (values) known.add(values.name);
  checkNodes(file, graph.node, known, `graph '${graph.name}'`);
  const missing = graph.output.find(({ name }) => !known.has(name));
  if (missing) throw new UserError(`${file}: no node makes the output '${missing.name}'`);
}

/** Adds what the nodes make to what is known. */
function checkNodes(file: string, nodes: readonly NodeProto[], known: Set<string>, where: string): void {
  const made = new Set<string>();
  for (const node of nodes) {
    const title = `${node.opType} '${node.name || (node.output[0] ?? '')}'`;
    const missing = node.input.find((name) => name !== '' && !known.has(name));
    if (missing !== undefined)
      throw new UserError(`${file}: ${title} takes '${missing}', which nothing before it in ${where} makes (nodes in a circle, or out of order?)`);
    for (const graph of subgraphs(node)) checkOrder(file, graph, known);
    const again = node.output.find((name) => name !== '' && made.has(name));
    if (again !== undefined) throw new UserError(`${file}: ${title} makes '${again}', which is made before it in ${where} already`);
    for (const name of node.output) {
      made.add(name);
      if (name !== '') known.add(name);
    }
  }
}
