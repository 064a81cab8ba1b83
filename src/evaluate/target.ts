import { randomOf } from '../core/random.ts';
import type { Example } from './example.ts';

/** Which class a targeted attack wants: one for all, a seeded random one, or the least likely for the clean example. */
export type Target = number | 'random' | 'least-likely';

/** The wanted class of one example; never its label, unless that is the class asked for all. */
export function targetOf(
  target: Target,
  { id, y }: Example,
  logits: Float32Array,
  { seed, classes }: { readonly seed: number; readonly classes: number },
): number {
  if (typeof target === 'number') return target;
  if (target === 'random') {
    const drawn = randomOf(seed, id, 'target').integer(classes - 1);
    return drawn < y ? drawn : drawn + 1;
  }
  let least = y === 0 ? 1 : 0;
  for (let k = 0; k < classes; k++) {
    if (k !== y && (logits[k] ?? 0) < (logits[least] ?? 0)) least = k;
  }
  return least;
}
