import { randomOf } from '../core/random.ts';
import { live } from '../graph/rewrite.ts';
import { Graph, type TensorData } from '../graph/ir.ts';
import type { Examined, FileNode, OnnxModel } from '../graph/model.ts';
import type { EngineRequest } from './choose.ts';
import { firstLine } from './eager/backends.ts';
import { evaluate } from './evaluate.ts';
import { fileBatch } from './fileBatch.ts';
import { relativeError } from './relativeError.ts';
import { openSession, runtime } from './session.ts';
import { probePoints } from './verify.ts';

/** Where our graph and the file part, as the end of a sentence: the first node whose value differs, all before it being equal. */
export async function divergence(model: OnnxModel, { probe, bounds }: EngineRequest): Promise<string> {
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  const rows = model.onnx.input.rows ?? 4;
  const { points, count } = probePoints(probe, size, bounds, randomOf(0, 'verification').split('points'));
  const batch = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) batch.set(points.subarray((row % count) * size, ((row % count) + 1) * size), row * size);
  try {
    const examined = await model.examine(rows);
    const differs = comparison(model, examined, batch, rows);
    const last = examined.nodes.findLastIndex(({ outputs }) => outputs.some((name) => examined.values.has(name)));
    if (last < 0 || !(await differs(last))) return '; every node of the file agrees by itself, so that a pass of breakwater over the graph is at fault';
    const { op, name } = examined.nodes[await firstDiffering(examined.nodes, differs, last)] as FileNode;
    return `; the first node that differs is ${op} '${name}'`;
  } catch (error) {
    return `; the node where they part was not found (${firstLine(error)})`;
  }
}

type Differs = (node: number) => Promise<boolean>;

/** Bisects what leads to a node that differs; of several branches that do, follows one to its beginning. */
export async function firstDiffering(nodes: readonly FileNode[], differs: Differs, from: number): Promise<number> {
  const makers = makersOf(nodes);
  const before = leadingTo(nodes, makers, from);
  let [agrees, other] = [-1, before.length - 1];
  while (other - agrees > 1) {
    const middle = (agrees + other) >> 1;
    if (await differs(before[middle] as number)) other = middle;
    else agrees = middle;
  }
  const found = before[other] as number;
  for (const source of sources(nodes[found] as FileNode, makers)) if (await differs(source)) return firstDiffering(nodes, differs, source);
  return found;
}

/** The node and all that it depends on, in order. */
function leadingTo(nodes: readonly FileNode[], makers: Makers, from: number): number[] {
  const wanted = new Set([from]);
  for (let at = from; at >= 0; at--) if (wanted.has(at)) for (const source of sources(nodes[at] as FileNode, makers)) wanted.add(source);
  return [...wanted].sort((a, b) => a - b);
}

type Makers = ReadonlyMap<string, number>;

/** Which node makes a value. */
const makersOf = (nodes: readonly FileNode[]): Makers => new Map(nodes.flatMap(({ outputs }, at) => outputs.filter((name) => name !== '').map((name) => [name, at] as const)));

/** The nodes that make a node's inputs, in order. */
function sources({ inputs }: FileNode, makers: Makers): number[] {
  const found = inputs.flatMap((name) => makers.get(name) ?? []);
  return [...new Set(found)].sort((a, b) => a - b);
}

/** No rounding comes to as much, of the largest value of a tensor. */
const limit = 1e-3;

/** Runs a node's outputs in both, once. */
function comparison({ inputShape, onnx }: OnnxModel, { nodes, values, graph, withOutputs }: Examined, points: Float32Array, rows: number): Differs {
  const asked = new Map<number, Promise<boolean>>();
  const run = async (node: number): Promise<boolean> => {
    const names = (nodes[node] as FileNode).outputs.filter((name) => values.has(name));
    if (names.length === 0) return false;
    const { bytes, outputs } = withOutputs(names);
    const { Tensor } = await runtime();
    const session = await openSession(bytes, { threads: 1 });
    try {
      const theirs = await session.run({ [onnx.input.name]: new Tensor('float32', fileBatch(onnx.input, inputShape, points, rows), [rows, ...onnx.input.shape]) });
      const ours = await evaluate(upTo(graph, names, values), { x: points });
      return names.some((name, i) => !agree((theirs[outputs[i] as string] as { data: Float32Array }).data, (ours.get(name) as { data: TensorData }).data));
    } finally {
      await session.release();
    }
  };
  return (node) => {
    const answer = asked.get(node) ?? run(node);
    asked.set(node, answer);
    return answer;
  };
}

/** Written so that NaN differs. */
function agree(theirs: Float32Array, ours: TensorData): boolean {
  return theirs.length === ours.length && relativeError(theirs, Float32Array.from(ours as ArrayLike<number | bigint>, Number)) <= limit;
}

/** The same graph with these values for outputs, and no more of it than they need. */
function upTo(graph: Graph, names: readonly string[], values: Examined['values']): Graph {
  const part = new Graph();
  part.inputs.push(...graph.inputs);
  for (const name of names) {
    const value = values.get(name);
    if (value) part.output(name, value);
  }
  part.nodes.push(...live(graph, part.outputs.values()));
  return part;
}
