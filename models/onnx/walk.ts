import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../../src/graph/proto/onnx_pb.ts';

/** Every list of nodes of a model: its graph's, those inside attributes, and those of its functions. */
export function* nodeLists(model: ModelProto): Generator<readonly NodeProto[]> {
  if (model.graph) yield* listsIn(model.graph);
  for (const { node } of model.functions) yield* listsUnder(node);
}

/** Every tensor of a model: initialisers and attributes, dense or the parts of sparse ones. */
export function* tensorsOf(model: ModelProto): Generator<TensorProto> {
  if (model.graph) yield* initializersOf(model.graph);
  for (const nodes of nodeLists(model)) for (const node of nodes) yield* tensorsIn(node);
}

/** A graph's own constants by name: initialisers, and what Constant nodes hold as tensors. */
export function constantsOf({ node, initializer }: GraphProto): Map<string, TensorProto> {
  const held = node.flatMap(({ opType, output: [name = ''], attribute }): [string, TensorProto][] => {
    const value = opType === 'Constant' ? attribute.find((each) => each.name === 'value')?.t : undefined;
    return value ? [[name, value]] : [];
  });
  return new Map([...initializer.map((tensor) => [tensor.name, tensor] as const), ...held]);
}

/** The graphs inside a node's attributes: branches and bodies. */
export function subgraphs({ attribute }: NodeProto): GraphProto[] {
  return attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
}

function* listsIn({ node }: GraphProto): Generator<readonly NodeProto[]> {
  yield* listsUnder(node);
}

function* listsUnder(nodes: readonly NodeProto[]): Generator<readonly NodeProto[]> {
  yield nodes;
  for (const node of nodes) for (const graph of subgraphs(node)) yield* listsIn(graph);
}

function* initializersOf({ initializer, sparseInitializer }: GraphProto): Generator<TensorProto> {
  yield* initializer;
  for (const { values, indices } of sparseInitializer) yield* [values, indices].filter((part) => part !== undefined);
}

function* tensorsIn(node: NodeProto): Generator<TensorProto> {
  for (const { t, tensors, sparseTensor, sparseTensors } of node.attribute) {
    if (t) yield t;
    yield* tensors;
    for (const sparse of sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors)
      yield* [sparse.values, sparse.indices].filter((part) => part !== undefined);
  }
  for (const graph of subgraphs(node)) yield* initializersOf(graph);
}
