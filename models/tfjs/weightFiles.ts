import type { io } from '@tensorflow/tfjs';
import type { Hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../src/core/errors.ts';
import { insideFolder } from '../insideFolder.ts';

const length = v.pipe(v.number(), v.integer('a whole number'), v.minValue(0));
const weight = v.object({
  name: v.string(),
  shape: v.array(length),
  dtype: v.string(),
  quantization: v.optional(v.object({ dtype: v.string(), min: v.optional(v.number()), scale: v.optional(v.number()) })),
});

type Weight = v.InferOutput<typeof weight>;

/** Groups of weights; a group's shards are one run of bytes, cut anywhere. */
export const weightsManifest = v.array(v.object({ paths: v.array(v.string()), weights: v.array(weight) }));

export interface Weights {
  readonly weightSpecs: io.WeightsManifestEntry[];
  readonly weightData: ArrayBuffer;
}

/** Reads the shards beside model.json, checks that they hold what the manifest says, and adds them to the hash. */
export async function readWeights(file: string, manifest: v.InferOutput<typeof weightsManifest>, hash: Hash): Promise<Weights> {
  const shards: Buffer[] = [];
  for (const { paths, weights } of manifest) {
    const expected = weights.reduce((sum, each) => sum + bytesOf(file, each), 0);
    const parts = await Promise.all(paths.map((path) => readShard(file, path)));
    checkLength(file, paths, expected, parts);
    for (const part of parts) hash.update(part);
    shards.push(...parts);
  }
  const weightSpecs = manifest.flatMap(({ weights }) => weights) as io.WeightsManifestEntry[];
  checkNames(file, weightSpecs);
  return { weightSpecs, weightData: new Uint8Array(Buffer.concat(shards)).buffer };
}

/** TF.js would take the last of two. */
function checkNames(file: string, weights: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of weights) {
    if (seen.has(name)) throw new UserError(`${file}: expected weight ${name} once, found it again`);
    seen.add(name);
  }
}

async function readShard(file: string, path: string): Promise<Buffer> {
  const shard = await insideFolder(file, 'weight shard', path);
  try {
    return await readFile(shard);
  } catch (cause) {
    throw new UserError(`${file}: weight shard ${join(dirname(file), path)} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

function checkLength(file: string, paths: readonly string[], expected: number, parts: readonly Buffer[]): void {
  const found = parts.reduce((sum, part) => sum + part.length, 0);
  if (found === expected) return;
  const verdict = found < expected ? 'too short' : 'too long';
  throw new UserError(`${file}: weights are ${verdict}: ${paths.join(', ')} should hold ${expected} bytes, found ${found}`);
}

const elementBytes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };
const quantizedBytes: Readonly<Record<string, number>> = { float16: 2, uint16: 2, uint8: 1 };

/** As they are stored: a quantised weight takes one or two bytes an element, whatever it becomes. */
function bytesOf(file: string, { name, shape, dtype, quantization }: Weight): number {
  const wrong = (problem: string): UserError => new UserError(`${file}: weight ${name} ${problem}`);
  const plain = elementBytes[dtype];
  if (plain === undefined) throw wrong(`has type ${dtype}, which no classifier needs`);
  const bytes = quantization ? quantizedBytes[quantization.dtype] : plain;
  if (bytes === undefined) throw wrong(`is quantised to ${quantization?.dtype}, expected uint8, uint16 or float16`);
  if (quantization && dtype !== 'float32' && (dtype !== 'int32' || quantization.dtype === 'float16'))
    throw wrong(`is quantised to ${quantization.dtype}, which TF.js does not read into ${dtype}`);
  if (quantization && quantization.dtype !== 'float16' && !(Number.isFinite(quantization.min) && Number.isFinite(quantization.scale)))
    throw wrong(`is quantised to ${quantization.dtype} without a min and a scale`);
  return shape.reduce((product, n) => product * n, bytes);
}
