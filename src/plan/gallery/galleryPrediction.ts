import type { Oracle } from '../../core/oracle.ts';
import type { Predicted } from '../../core/result.ts';
import { majority, verdictDraws, verdictNoise } from '../../evaluate/draws.ts';
import { predictedClass } from '../../evaluate/prediction.ts';

export interface PredictionRequest {
  readonly oracle: Oracle;
  readonly seed: number;
  /** What the oracle calls logits are shares already. */
  readonly probabilities: boolean;
}

/**
 * What a model says of a point, as the judge asks it: if it draws random numbers by most of its draws, and their mean. The
 * point is alone in its batch, and the share is rounded to four digits: it is the same whatever the size of the batch.
 */
export async function galleryPrediction(point: Float32Array, { id, label }: { readonly id: number; readonly label: number }, { oracle, seed, probabilities }: PredictionRequest): Promise<Predicted> {
  const noise = verdictNoise(seed, id);
  const answers: Float32Array[] = [];
  for (let draw = 0; draw < (oracle.random ? verdictDraws : 1); draw++) {
    const { logits } = await oracle.predict(point, 1, [noise.split(draw)]);
    answers.push(logits.slice(0, oracle.classes));
  }
  const prediction = majority(answers.map((logits) => predictedClass(logits, label)), label);
  const shares = answers.map((logits) => (probabilities ? (logits[prediction] ?? 0) : softmaxAt(prediction, logits)));
  return { prediction, confidence: Number((shares.reduce((sum, share) => sum + share, 0) / shares.length).toFixed(4)) };
}

function softmaxAt(k: number, logits: Float32Array): number {
  const sum = logits.reduce((total, z) => total + Math.exp(z - (logits[k] as number)), 0);
  return 1 / sum;
}
