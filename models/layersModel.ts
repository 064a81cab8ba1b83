import type { LayersModel } from '@tensorflow/tfjs';
import { basename, extname } from 'node:path';
import type { Preprocessing, TfjsModel } from '../src/graph/model.ts';
import { bindLayersModel } from './tfjs/bindLayersModel.ts';
import { buildLayersModel } from './tfjs/buildLayersModel.ts';
import { filesOfLayersModel, readLayersFiles, type LayersFiles } from './tfjs/layersFiles.ts';
import { loadTf } from './tfjs/tf.ts';
import type { ModelLoader } from './modelLoader.ts';

/** What Keras' converter and TF.js' model.save() write: model.json and weight shards beside it. */
export const layersModel: ModelLoader = {
  name: 'layers-model',
  summary: 'a TF.js LayersModel (model.json and its weight shards)',
  matches: (file) => basename(file) === 'model.json' || extname(file) === '.json',
  open: async (file, preprocessing) => openFiles(await readLayersFiles(file), file, preprocessing),
};

/** A copy of a LayersModel in memory, as if it had been saved and opened. */
export async function fromLayersModel(model: LayersModel, preprocessing: Preprocessing = {}): Promise<TfjsModel> {
  return openFiles(await filesOfLayersModel(await loadTf(), model), model.name, preprocessing);
}

async function openFiles(files: LayersFiles, path: string, preprocessing: Preprocessing): Promise<TfjsModel> {
  const tf = await loadTf();
  const model = await buildLayersModel(tf, files.artifacts, path);
  try {
    return bindLayersModel(tf, model, { path, sha256: files.sha256, preprocessing }, files);
  } catch (error) {
    model.dispose();
    throw error;
  }
}
