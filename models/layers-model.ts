import { basename, extname } from 'node:path';
import { bindLayersModel } from './tfjs/bindLayersModel.ts';
import { buildLayersModel } from './tfjs/buildLayersModel.ts';
import { readLayersFiles } from './tfjs/readLayersFiles.ts';
import { loadTf } from './tfjs/tf.ts';
import type { ModelLoader } from './model-loader.ts';

/** What Keras' converter and TF.js' model.save() write: model.json and weight shards beside it. */
export const layersModel: ModelLoader = {
  name: 'layers-model',
  summary: 'a TF.js LayersModel (model.json and its weight shards)',
  matches: (file) => basename(file) === 'model.json' || extname(file) === '.json',
  async open(file, preprocessing) {
    const { artifacts, sha256 } = await readLayersFiles(file);
    const tf = await loadTf();
    const model = await buildLayersModel(tf, artifacts, file);
    return bindLayersModel(tf, model, { path: file, sha256, preprocessing });
  },
};
