import type { LayersModel } from '@tensorflow/tfjs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOfLayersModel } from '../../models/tfjs/layersFiles.ts';
import { loadTf } from '../../models/tfjs/tf.ts';

/** A saved model as plain data, to be damaged by a test before it is written. */
export interface ModelJson {
  format?: string;
  modelTopology?: unknown;
  weightsManifest?: { paths: string[]; weights: { name: string; shape: number[]; dtype: string }[] }[];
}

export interface SavedFiles {
  json: ModelJson;
  weights: Buffer;
}

/** What model.save() would write, in memory. */
export async function filesOf(model: LayersModel): Promise<SavedFiles> {
  const { artifacts } = await filesOfLayersModel(await loadTf(), model);
  const { modelTopology, weightSpecs = [], weightData } = artifacts;
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  return { json: { format: 'layers-model', modelTopology, weightsManifest }, weights: Buffer.from(weightData as ArrayBuffer) };
}

/** Writes model.json and weights.bin into a folder; returns the folder. */
export async function writeModel({ json, weights }: SavedFiles, folder?: string): Promise<string> {
  const target = folder ?? (await mkdtemp(join(tmpdir(), 'breakwater-model-')));
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'model.json'), JSON.stringify(json));
  await writeFile(join(target, 'weights.bin'), weights);
  return target;
}

/** Saves a LayersModel as a folder (a fresh temporary one when none is named); returns the folder. */
export async function saveModel(model: LayersModel, folder?: string): Promise<string> {
  return writeModel(await filesOf(model), folder);
}
