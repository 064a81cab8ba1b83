import { UserError } from '../../src/core/errors.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import { Untraceable, type Graph, type Value } from '../../src/graph/ir.ts';
import type { AttributeProto, FunctionProto, GraphProto, NodeProto } from '../../src/graph/proto/onnx_pb.ts';
import type { Import } from './importer.ts';
import { isKnown, known } from './known.ts';
import { mostElements } from './limits.ts';
import { OnnxNode } from './node.ts';
import { importers } from './ops/index.ts';
import { Scope } from './scope.ts';
import { constantOf } from './tensor.ts';

export interface ImportOptions {
  readonly batch: number;
  /** Version of the default operator set, and of others by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The graph's inputs by name, as values of `graph`. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** The model's own functions: their bodies stand in for the nodes that call them. */
  readonly functions?: readonly FunctionProto[];
  /** Batch normalisation and dropout do what they do in training. */
  readonly training?: boolean;
}

/** Appends an ONNX graph's nodes to `graph`; returns every value by its ONNX name. Throws Untraceable, naming op and node. */
export function importGraph(proto: Pick<GraphProto, 'node' | 'initializer'>, graph: Graph, options: ImportOptions): Map<string, Value> {
  const { batch, opsets, inputs, functions = [], training = false } = options;
  const site = { graph, batch, training, functions: new Map(functions.map((each) => [titleOf(each.domain, each.name), each])), nodes: 0 };
  const scope = new Scope({ opsets, values: new Map<string, Value | undefined>(inputs) });
  importNodes(proto, site, scope);
  return scope.made();
}

/** What all nodes of an import share. */
interface Site {
  readonly graph: Graph;
  readonly batch: number;
  readonly training: boolean;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  /** Imported until now, those inside functions and branches each time. */
  nodes: number;
}

/** Functions that call functions can be as many as 2 to the power of their number: a small file, an endless import. */
const mostNodes = 2 ** 18;

const titleOf = (domain: string, op: string): string => (domain === '' ? op : `${domain}.${op}`);

function importNodes({ initializer, node }: Pick<GraphProto, 'node' | 'initializer'>, site: Site, scope: Scope): void {
  for (const tensor of initializer) if (!scope.has(tensor.name)) scope.set(tensor.name, constantOf(site.graph, tensor));
  for (const each of node) importNode(each, site, scope);
}

function importNode(proto: NodeProto, site: Site, scope: Scope): void {
  const { opType, input, output, attribute } = proto;
  const title = titleOf(proto.domain, opType);
  const name = proto.name || (output[0] ?? '');
  const inputs = input.map((from) => (from === '' ? undefined : scope.value(from, opType, name)));
  const opset = scope.opsets.get(proto.domain) ?? 1;
  const node = new OnnxNode({ op: opType, name, opset, inputs, outputs: output.length }, scope.bound(attribute));
  if (++site.nodes > mostNodes) throw node.unsupported(`the model has more than ${mostNodes} nodes, its functions written out`);
  const outputs = outputsOf(title, node, site, scope);
  for (const [at, to] of output.entries()) {
    if (to === '') continue;
    const value = outputs[at];
    if (!value) throw node.unsupported(`its output number ${at + 1} is not supported`);
    if (sizeOf(value.shape) > mostElements)
      throw new UserError(`${opType} '${name}': expected at most 1 GB in one value, found [${value.shape.join(', ')}]`);
    scope.set(to, value);
  }
}

function outputsOf(title: string, node: OnnxNode, site: Site, scope: Scope): readonly (Value | undefined)[] {
  const importer = Object.hasOwn(importers, title) ? importers[title] : undefined;
  const own = site.functions.get(title);
  if (!importer && own) return called(own, node, site, scope);
  if (!importer) throw new Untraceable(title, `node '${node.name}': breakwater does not know this op`);
  try {
    return [importer(node, into(node, site, scope))].flat();
  } catch (cause) {
    // What the IR refuses: shapes that do not meet, an axis outside, a number that is none.
    if (!(cause instanceof Error) || !['Error', 'RangeError'].includes(cause.name)) throw cause;
    throw node.unsupported(cause.message);
  }
}

/** A function's body, its inputs and attributes being the node's. */
function called(proto: FunctionProto, node: OnnxNode, site: Site, scope: Scope): readonly (Value | undefined)[] {
  const opsets = new Map(proto.opsetImport.map(({ domain, version }) => [domain, Number(version)]));
  const values = new Map(proto.input.map((name, i) => [name, node.inputs[i]]));
  const attributes = new Map<string, AttributeProto>(proto.attributeProto.map((each) => [each.name, each]));
  for (const name of [...proto.attribute, ...attributes.keys()]) {
    const given = node.attribute(name);
    if (given) attributes.set(name, given);
  }
  const body = new Scope({ opsets, values, attributes, depth: scope.deeper(node) });
  importNodes({ initializer: [], node: proto.node }, site, body);
  return proto.output.map((name) => body.value(name, node.op, node.name));
}

/** A branch sees what is around it, and leaves nothing behind but its outputs. */
function inlined(proto: GraphProto, node: OnnxNode, site: Site, around: Scope): readonly Value[] {
  const inside = around.inside(node);
  importNodes(proto, site, inside);
  return proto.output.map(({ name }) => {
    const value = inside.value(name, node.op, node.name);
    if (!value) throw node.unsupported(`its branch has no value for '${name}'`);
    return value;
  });
}

function into(node: OnnxNode, site: Site, scope: Scope): Import {
  const { graph, batch, training } = site;
  const add: Import['add'] = (op, inputs, attributes) => graph.add(op, inputs, attributes, node.name);
  const knownOf: Import['known'] = (value) => {
    const data = known(value);
    if (data) return data;
    throw node.unsupported(`it needs to know what ${value.node.op} makes before the model runs`);
  };
  return {
    graph,
    batch,
    training,
    add,
    addAll: (op, inputs, attributes) => add(op, inputs, attributes).node.outputs,
    known: knownOf,
    numbers: (value) => Array.from(knownOf(value) as ArrayLike<number | bigint>, Number),
    isKnown,
    inline: (proto) => inlined(proto, node, site, scope),
  };
}
