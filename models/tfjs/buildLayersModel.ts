import type { io, LayersModel } from '@tensorflow/tfjs';
import { UserError } from '../../src/core/errors.ts';
import { checkLayers } from './checkLayers.ts';
import type { Tf } from './tf.ts';

/** Builds the model and fills in its weights; refuses what cannot be a model that someone meant to save. */
export async function buildLayersModel(tf: Tf, artifacts: io.ModelArtifacts, file: string): Promise<LayersModel> {
  checkLayers(file, artifacts.modelTopology);
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts)).catch((cause: unknown) => {
    throw new UserError(`${file}: ${reason(cause as Error)}`, { cause });
  });
  try {
    checkFinite(model, file);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** TF.js explains itself over several lines. */
function reason({ message }: Error): string {
  const unknown = /^Unknown (\w+): ([^.\s]+)/.exec(message);
  if (unknown) return `unknown ${unknown[1]} '${unknown[2]}': TF.js has none of this name`;
  return `TF.js cannot build this model: ${message.split('\n', 1)[0]}`;
}

function checkFinite(model: LayersModel, file: string): void {
  for (const weight of model.weights) {
    const values = weight.read().dataSync();
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new UserError(`${file}: weight ${weight.originalName} holds ${values[at]} at position ${at}`);
  }
}
