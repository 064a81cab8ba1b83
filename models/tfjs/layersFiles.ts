import type { io, LayersModel } from '@tensorflow/tfjs';
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { checkedJson, readModelJson } from './modelJson.ts';
import type { Tf } from './tf.ts';
import { readWeights, weightsManifest } from './weightFiles.ts';

const schema = v.object({ modelTopology: v.looseObject({}), weightsManifest });

export interface LayersFiles {
  readonly artifacts: io.ModelArtifacts;
  /** What model.json says besides what weights there are. */
  readonly header: Readonly<Record<string, unknown>>;
  /** Over model.json and the shards in the manifest's order. */
  readonly sha256: string;
}

/** Reads model.json and its shards; checks that they belong together. Needs no TF.js. */
export async function readLayersFiles(file: string): Promise<LayersFiles> {
  const { text, json } = await readModelJson(file);
  const { modelTopology, weightsManifest: manifest } = checkedJson(file, 'LayersModel', schema, json);
  const hash = createHash('sha256').update(text);
  const weights = await readWeights(file, manifest, hash);
  return { artifacts: { modelTopology, ...weights, format: 'layers-model' }, header: json as object as LayersFiles['header'], sha256: hash.digest('hex') };
}

/** The same of a model in memory. */
export async function filesOfLayersModel(tf: Tf, model: LayersModel): Promise<LayersFiles> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightData } = artifacts;
      const hash = createHash('sha256').update(JSON.stringify(modelTopology));
      resolve({ artifacts, header: { format: 'layers-model', modelTopology }, sha256: hash.update(new Uint8Array(weightData as ArrayBuffer)).digest('hex') });
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    });
    model.save(handler).catch(reject);
  });
}
