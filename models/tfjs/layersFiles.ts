import type { io, LayersModel } from '@tensorflow/tfjs';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../src/core/errors.ts';
import type { Tf } from './tf.ts';

const weight = v.object({
  name: v.string(),
  shape: v.array(v.number()),
  dtype: v.string(),
  quantization: v.optional(v.looseObject({ dtype: v.string() })),
});
const group = v.object({ paths: v.array(v.string()), weights: v.array(weight) });
const schema = v.object({ modelTopology: v.looseObject({}), weightsManifest: v.array(group) });

type Weight = v.InferOutput<typeof weight>;

export interface LayersFiles {
  readonly artifacts: io.ModelArtifacts;
  /** Over model.json and the shards in the manifest's order. */
  readonly sha256: string;
}

/** Reads model.json and its shards; checks that they belong together. Needs no TF.js. */
export async function readLayersFiles(file: string): Promise<LayersFiles> {
  const text = await readFile(file);
  const { modelTopology, weightsManifest } = parseModelJson(file, text);
  const hash = createHash('sha256').update(text);
  const shards: Buffer[] = [];
  for (const { paths, weights } of weightsManifest) {
    const parts = await Promise.all(paths.map((path) => readShard(file, path)));
    for (const part of parts) hash.update(part);
    checkLength(file, paths, weights, parts);
    shards.push(...parts);
  }
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights) as io.WeightsManifestEntry[];
  const weightData = new Uint8Array(Buffer.concat(shards)).buffer;
  return { artifacts: { modelTopology, weightSpecs, weightData, format: 'layers-model' }, sha256: hash.digest('hex') };
}

/** The same of a model in memory. */
export async function filesOfLayersModel(tf: Tf, model: LayersModel): Promise<LayersFiles> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightData } = artifacts;
      const hash = createHash('sha256').update(JSON.stringify(modelTopology));
      resolve({ artifacts, sha256: hash.update(new Uint8Array(weightData as ArrayBuffer)).digest('hex') });
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    });
    model.save(handler).catch(reject);
  });
}

function parseModelJson(file: string, text: Buffer): v.InferOutput<typeof schema> {
  const json = parseJson(file, text.toString('utf8'));
  if (isGraphModel(json)) throw new UserError(`${file}: expected a TF.js LayersModel, found a TF.js GraphModel`);
  const { success, output, issues } = v.safeParse(schema, json);
  if (success) return output;
  const [{ path, expected, received }] = issues;
  const where = path?.map(({ key }) => String(key)).join('.') ?? 'the file';
  const problem = received === 'undefined' ? `it has no ${where}` : `expected ${where} to be ${expected}, found ${received}`;
  throw new UserError(`${file}: not a TF.js LayersModel: ${problem}`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Its message quotes the file, line breaks included.
    throw new UserError(`${file}: not JSON: ${(cause as Error).message.replaceAll(/\s+/g, ' ')}`, { cause });
  }
}

function isGraphModel(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'format' in json && json.format === 'graph-model';
}

async function readShard(file: string, path: string): Promise<Buffer> {
  const shard = join(dirname(file), path);
  const inside = relative(dirname(file), shard);
  if (isAbsolute(path) || inside === '..' || inside.startsWith(join('..', '/')))
    throw new UserError(`${file}: weight shard '${path}' lies outside the model's folder`);
  return readFile(shard).catch((cause: unknown) => {
    throw new UserError(`${file}: weight shard ${shard} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  });
}

function checkLength(file: string, paths: readonly string[], weights: readonly Weight[], parts: readonly Buffer[]): void {
  const expected = weights.reduce((sum, each) => sum + bytesOf(file, each), 0);
  const found = parts.reduce((sum, { length }) => sum + length, 0);
  if (found === expected) return;
  const verdict = found < expected ? 'too short' : 'too long';
  throw new UserError(`${file}: weights are ${verdict}: ${paths.join(', ')} should hold ${expected} bytes, found ${found}`);
}

const elementBytes: Readonly<Record<string, number>> = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 };

function bytesOf(file: string, { name, shape, dtype, quantization }: Weight): number {
  const stored = quantization?.dtype ?? dtype;
  const bytes = elementBytes[stored];
  if (bytes === undefined) throw new UserError(`${file}: weight ${name} has type ${stored}, which no classifier needs`);
  return shape.reduce((product, n) => product * n, bytes);
}
