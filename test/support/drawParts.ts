import { randomOf } from '../../src/core/random.ts';
import type { Random } from '../../src/core/random.ts';
import type { Part } from '../../src/evaluate/gates/measure.ts';
import type { ShareBounds } from '../../src/evaluate/gates/shareBounds.ts';

/** What is true of a part of a population, and how many samples of it there are. */
export interface Truth {
  readonly accuracy: number;
  readonly total: number;
}

/** Draws samples of each part; how many are got right. */
export function drawParts(truths: readonly Truth[], ...key: readonly (number | string)[]): Part[] {
  const random = randomOf('parts', ...key);
  return truths.map(({ accuracy, total }, where) => ({ where, total, successes: binomial(total, accuracy, random) }));
}

/** The probability of each number of successes, from 0. */
export function binomialMasses(total: number, accuracy: number): Float64Array {
  const masses = new Float64Array(total + 1);
  let logChoices = 0; // of n choose k
  for (let k = 0; k <= total; k++) {
    masses[k] = Math.exp(logChoices + (k && k * Math.log(accuracy)) + (total - k && (total - k) * Math.log1p(-accuracy)));
    logChoices += Math.log((total - k) / (k + 1));
  }
  return masses;
}

const cumulated = new Map<string, Float64Array>();

/** By the inverse of the distribution, which is kept. */
function binomial(total: number, accuracy: number, random: Random): number {
  const key = `${total} ${accuracy}`;
  const known = cumulated.get(key) ?? binomialMasses(total, accuracy);
  if (!cumulated.has(key)) {
    for (let k = 1; k <= total; k++) known[k] = (known[k] as number) + (known[k - 1] as number);
    cumulated.set(key, known);
  }
  const u = random.uniform();
  let [low, high] = [0, total];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle] as number) > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The same bounds, each found once: many draws are alike, and a bound takes a tenth of a millisecond. */
export function rememberedBounds(bounds: ShareBounds): ShareBounds {
  return { lower: remembered(bounds.lower), upper: remembered(bounds.upper) };
}

function remembered(bound: ShareBounds['lower']): ShareBounds['lower'] {
  const memory = new Map<string, number>();
  return (successes, total, alpha) => {
    const key = `${successes} ${total} ${alpha}`;
    const value = memory.get(key) ?? bound(successes, total, alpha);
    memory.set(key, value);
    return value;
  };
}
