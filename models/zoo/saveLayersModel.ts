import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs';
import { io } from '@tensorflow/tfjs';

/** Writes model.json and one weight shard, as tfjs-node's `file://` does; plain TF.js in Node has no file handler. */
export async function saveLayersModel(model: LayersModel, folder: string): Promise<void> {
  const shard = 'group1-shard1of1.bin';
  await mkdir(folder, { recursive: true });
  const handler = io.withSaveHandler(async ({ weightData, weightSpecs, ...artifacts }) => {
    const weights = Array.isArray(weightData) ? weightData : [weightData ?? new ArrayBuffer(0)];
    const json = { ...artifacts, weightsManifest: [{ paths: [shard], weights: weightSpecs }] };
    await writeFile(join(folder, shard), Buffer.concat(weights.map((part) => new Uint8Array(part))));
    await writeFile(join(folder, 'model.json'), `${JSON.stringify(json, null, 1)}\n`);
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
}
