import type { GraphModel, io } from '@tensorflow/tfjs';
import { UserError } from '../../src/core/errors.ts';
import type { Tf } from './tf.ts';

/** Builds the model with its weights; refuses what cannot be a model that someone meant to save. */
export async function buildGraphModel(tf: Tf, artifacts: io.ModelArtifacts, file: string): Promise<GraphModel> {
  const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts)).catch((cause: unknown) => {
    throw new UserError(`${file}: TF.js cannot build this model: ${(cause as Error).message.split('\n', 1)[0]}`, { cause });
  });
  try {
    checkFinite(model, file);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

function checkFinite({ weights }: GraphModel, file: string): void {
  for (const [name, tensors] of Object.entries(weights)) {
    for (const tensor of tensors) {
      const values = tensor.dtype === 'float32' ? tensor.dataSync() : [];
      const at = values.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) throw new UserError(`${file}: weight ${name} holds ${values[at]} at position ${at}`);
    }
  }
}
