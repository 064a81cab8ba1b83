import { extname } from 'node:path';
import type { Preprocessing, TfjsModel } from '../src/graph/model.ts';
import { bindGraphModel } from './tfjs/bindGraphModel.ts';
import { buildGraphModel } from './tfjs/buildGraphModel.ts';
import { checkGraph } from './tfjs/checkGraph.ts';
import { graphInput, graphOutput, outputNames } from './tfjs/graphEnds.ts';
import { readGraphFiles } from './tfjs/graphFiles.ts';
import { isGraphModel, readModelJson } from './tfjs/modelJson.ts';
import { loadTf } from './tfjs/tf.ts';
import type { ModelLoader } from './modelLoader.ts';

/** What TF.js' converter makes of a TfjsModel, a frozen graph or a TF Hub module: TensorFlow's graph, as JSON. */
export const graphModel: ModelLoader = {
  name: 'graph-model',
  summary: 'a TF.js GraphModel (model.json and its weight shards)',
  matches: async (file) => {
    if (extname(file) !== '.json') return false;
    // What is no JSON is refused by whoever takes it for a model.
    const read = await readModelJson(file).catch(() => undefined);
    return isGraphModel(read?.json);
  },
  open: openGraph,
};

async function openGraph(file: string, preprocessing: Preprocessing): Promise<TfjsModel> {
  const { artifacts, graph, signature, sha256 } = await readGraphFiles(file);
  const input = graphInput(file, graph, signature);
  const output = graphOutput(file, graph, outputNames(file, graph, signature));
  checkGraph(file, graph, input.name, output.output);
  const tf = await loadTf();
  const model = await buildGraphModel(tf, artifacts, file);
  try {
    return bindGraphModel(tf, model, { input, output }, { path: file, sha256, preprocessing });
  } catch (error) {
    model.dispose();
    throw error;
  }
}
