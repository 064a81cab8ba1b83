import { Untraceable, type Graph, type Value } from '../../src/graph/ir.ts';
import type { GraphProto, NodeProto } from '../../src/graph/proto/onnx_pb.ts';
import { isKnown, known } from './known.ts';
import type { Import } from './importer.ts';
import { OnnxNode } from './node.ts';
import { importers } from './ops/index.ts';
import { constantOf } from './tensor.ts';

export interface ImportOptions {
  readonly batch: number;
  /** Version of the default operator set, and of others by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The graph's inputs by name, as values of `graph`. */
  readonly inputs: ReadonlyMap<string, Value>;
}

/** Appends an ONNX graph's nodes to `graph`; returns every value by its ONNX name. Throws Untraceable, naming op and node. */
export function importGraph(proto: GraphProto, graph: Graph, { batch, opsets, inputs }: ImportOptions): Map<string, Value> {
  const values = new Map(inputs);
  for (const tensor of proto.initializer) if (!values.has(tensor.name)) values.set(tensor.name, constantOf(graph, tensor));
  for (const node of proto.node) importNode(node, { graph, batch, opsets, values });
  return values;
}

interface Scope {
  readonly graph: Graph;
  readonly batch: number;
  readonly opsets: ReadonlyMap<string, number>;
  readonly values: Map<string, Value>;
}

function importNode(proto: NodeProto, { graph, batch, opsets, values }: Scope): void {
  const { opType: op, input, output, attribute } = proto;
  const domain = proto.domain === 'ai.onnx' ? '' : proto.domain;
  const name = proto.name || (output[0] ?? '');
  const inputs = input.map((from) => {
    if (from === '') return undefined;
    const value = values.get(from);
    if (!value) throw new Untraceable(op, `node '${name}': its input '${from}' is made by no node before it`);
    return value;
  });
  const node = new OnnxNode({ op, name, opset: opsets.get(domain) ?? 1, inputs, outputs: output.length }, attribute);
  const title = domain === '' ? op : `${domain}.${op}`;
  const importer = Object.hasOwn(importers, title) ? importers[title] : undefined;
  if (!importer) throw new Untraceable(title, `node '${name}': breakwater does not know this op`);
  const outputs = [importer(node, into(graph, batch, node))].flat();
  for (const [at, to] of output.entries()) {
    if (to === '') continue;
    const value = outputs[at];
    if (!value) throw node.unsupported(`its output number ${at + 1} is not supported`);
    values.set(to, value);
  }
}

function into(graph: Graph, batch: number, node: OnnxNode): Import {
  const add: Import['add'] = (op, inputs, attributes) => graph.add(op, inputs, attributes, node.name);
  const knownOf: Import['known'] = (value) => {
    const data = known(value);
    if (!data) throw node.unsupported(`it needs to know a value that ${value.node.op} makes of the model's input`);
    return data;
  };
  return {
    graph,
    batch,
    add,
    addAll: (op, inputs, attributes) => add(op, inputs, attributes).node.outputs,
    known: knownOf,
    numbers: (value) => Array.from(knownOf(value) as ArrayLike<number | bigint>, Number),
    isKnown,
  };
}
