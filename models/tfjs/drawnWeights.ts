import type { io } from '@tensorflow/tfjs';
import type { Random } from '../../src/core/random.ts';
import type { Values } from '../../src/graph/trainable.ts';
import type { Tf } from './tf.ts';

/** The weights of a model before it has learned anything, each by the initialiser that its layer names. */
export async function drawnWeights(tf: Tf, { modelTopology }: io.ModelArtifacts, random: Random): Promise<Values> {
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: seeded(modelTopology as object, random) }));
  try {
    const floats = model.weights.filter(({ dtype }) => dtype === 'float32');
    return new Map(floats.map((weight) => [weight.originalName, Float32Array.from(weight.read().dataSync())]));
  } finally {
    model.dispose();
  }
}

/** Gives every initialiser a seed of its own, whatever seed it had: without one, and with 0, TF.js draws by Math.random. */
function seeded(topology: object, random: Random): object {
  return JSON.parse(JSON.stringify(topology), (key, value: unknown) => {
    if (!/initializer$/i.test(key) || !value) return value;
    const initializer = typeof value === 'string' ? { class_name: value.replace(/^./, (first) => first.toUpperCase()) } : value;
    return { ...initializer, config: { ...(initializer as { config?: object }).config, seed: 1 + random.integer(2 ** 31 - 1) } };
  }) as object;
}
