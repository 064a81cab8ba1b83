import { openModel } from '../../models/index.ts';
import type { Preprocessing, TfjsModel } from '../../src/graph/model.ts';

/** A saved model that TF.js runs. */
export async function openTfjs(path: string, preprocessing: Preprocessing = {}): Promise<TfjsModel> {
  const model = await openModel(path, preprocessing);
  if (!('eager' in model)) throw new Error(`${path}: expected a TF.js model, found ${model.format}`);
  return model;
}
