import { together } from '../core/attack.ts';
import type { Answer, Query } from '../core/attack.ts';
import { randomOf } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type { Trial } from './trial.ts';

/** How often a model that draws random numbers is asked before it is judged. */
export const verdictDraws = 10;

/** Where the model's own random numbers come from when an example is judged: the same for every attack and every engine. */
export function verdictNoise(seed: number, id: number): Random {
  return randomOf(seed, id, 'verdict');
}

/** What the model says of a point, as often as it takes; the job's ledger must draw from the verdict noise. */
export function* verdicts(at: Float32Array, { random }: Pick<Trial, 'random'>): Generator<Query, readonly Answer[], Answer> {
  if (!random) return [yield { want: 'scores', at }];
  return yield* together(Array.from({ length: verdictDraws }, (_, draw) => ({ want: 'scores' as const, at, draw })));
}

/** What most answers predict: another class than the label only if more than half of them do; −1 if one has none. */
export function majority(predictions: readonly number[], label: number): number {
  if (predictions.includes(-1)) return -1;
  const wrong = predictions.filter((prediction) => prediction !== label);
  if (2 * wrong.length <= predictions.length) return label;
  const votes = (prediction: number): number => wrong.filter((each) => each === prediction).length;
  return wrong.reduce((best, each) => (votes(each) > votes(best) ? each : best));
}
