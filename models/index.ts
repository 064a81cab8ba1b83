import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../src/core/errors.ts';
import type { ModelChoices, Preprocessing, SavedModel } from '../src/graph/model.ts';
import { graphModel } from './graphModel.ts';
import { layersModel } from './layersModel.ts';
import type { ModelLoader } from './modelLoader.ts';
import { onnxModel } from './onnxModel.ts';

export { fromFunction, type FunctionModel } from './fromFunction.ts';
export { fromLayersModel } from './layersModel.ts';

/** Name → loader. A new format is a file and a line here. The first that matches opens a file. */
export const modelLoaders: Readonly<Record<string, ModelLoader>> = {
  [onnxModel.name]: onnxModel,
  [graphModel.name]: graphModel,
  [layersModel.name]: layersModel,
};

/** Opens a saved model: a file, or a folder with a model.json or one .onnx file. `preprocessing` runs inside the graph. */
export async function openModel(path: string, preprocessing: Preprocessing = {}, choices: ModelChoices = {}): Promise<SavedModel> {
  const file = await modelFile(path);
  const loader = await loaderOf(file);
  if (!loader) throw new UserError(`${path}: not a model that breakwater reads; expected ${summaries()}`);
  const vain = Object.keys(choices).find((choice) => !loader.choices?.some((name) => name === choice));
  if (vain !== undefined) throw new UserError(`${vain}: expected a model that leaves it open, found ${path}, ${loader.summary}`);
  return { ...(await loader.open(file, preprocessing, choices)), path };
}

async function loaderOf(file: string): Promise<ModelLoader | undefined> {
  for (const loader of Object.values(modelLoaders)) if (await loader.matches(file)) return loader;
  return undefined;
}

async function modelFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`${path}: no such file or folder; expected a saved model`);
  if (!found.isDirectory()) return path;
  const names = await readdir(path);
  const [name, another] = names.includes('model.json') ? ['model.json'] : names.filter((one) => one.endsWith('.onnx'));
  if (name !== undefined && another === undefined) return join(path, name);
  throw new UserError(`${path}: no model.json in this folder, ${name === undefined ? 'and no .onnx file' : 'and more than one .onnx file'}`);
}

function summaries(): string {
  return Object.values(modelLoaders).map(({ summary }) => summary).join(', or ');
}
