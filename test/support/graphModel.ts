import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A TF.js GraphModel in memory, to be damaged by a test before it is written. */
export interface SmallGraph {
  readonly nodes: Node[];
  readonly weights: Weight[];
  signature?: unknown;
}
export interface Node {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, unknown>;
}
export interface Weight {
  name: string;
  shape: number[];
  dtype: 'float32' | 'int32';
  values: ArrayLike<number>;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const dims = (axes: readonly number[]) => ({ dim: axes.map((size) => ({ size: String(size) })) });

/** Attributes as JSON writes protobuf. */
export const attr = {
  shape: (axes: readonly number[]) => ({ shape: dims(axes) }),
  type: (type: string) => ({ type }),
  ints: (values: readonly number[]) => ({ list: { i: values.map(String) } }),
  int: (value: number) => ({ i: String(value) }),
  float: (f: number) => ({ f }),
  bool: (b: boolean) => ({ b }),
  text: (value: string) => ({ s: base64(value) }),
  texts: (values: readonly string[]) => ({ list: { s: values.map(base64) } }),
};

export const node = (name: string, op: string, input: string[] = [], attributes: Record<string, unknown> = {}): Node => ({ name, op, input, attr: attributes });

export const placeholder = (axes: readonly number[], name = 'x', type = 'DT_FLOAT'): Node =>
  node(name, 'Placeholder', [], { dtype: attr.type(type), shape: attr.shape(axes) });

/** Different numbers, the same in every run. */
export function floats(name: string, shape: number[], scale = 0.5): Weight {
  const size = shape.reduce((product, n) => product * n, 1);
  return { name, shape, dtype: 'float32', values: Array.from({ length: size }, (_, i) => scale * Math.sin(1 + 7.3 * i)) };
}

export const ints = (name: string, values: number[], shape = [values.length]): Weight => ({ name, shape, dtype: 'int32', values });

/** A graph from x to its last node, or to what the signature's outputs name. */
export function graphOf(nodes: Node[], weights: Weight[] = [], outputs?: Record<string, string>): SmallGraph {
  const signed = Object.entries(outputs ?? {}).map(([key, name]) => [key, { name }] as const);
  return { nodes, weights, ...(outputs && { signature: { inputs: { x: { name: 'x:0' } }, outputs: Object.fromEntries(signed) } }) };
}

const bytesOf = ({ dtype, values }: Weight): Uint8Array =>
  new Uint8Array((dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values)).buffer);

/** What TF.js's converter would write, into a fresh folder; returns the folder. */
export async function writeGraph({ nodes, weights, signature }: SmallGraph, folder?: string): Promise<string> {
  const target = folder ?? (await mkdtemp(join(tmpdir(), 'breakwater-graph-')));
  await mkdir(target, { recursive: true });
  const constants = weights.map(({ name, shape, dtype }) =>
    node(name, 'Const', [], { dtype: attr.type(dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32'), value: { tensor: { tensorShape: dims(shape) } } }));
  const manifest = weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const json = {
    format: 'graph-model',
    ...(signature !== undefined && { signature }),
    modelTopology: { node: [...constants, ...nodes], versions: {} },
    weightsManifest: [{ paths: ['weights.bin'], weights: manifest }],
  };
  await writeFile(join(target, 'model.json'), JSON.stringify(json));
  await writeFile(join(target, 'weights.bin'), Buffer.concat(weights.map(bytesOf)));
  return target;
}
