import * as v from 'valibot';
import { positive } from '../../core/options.ts';
import { defineAugmentation } from './augmentation.ts';

/** Gaussian noise, clipped to the box. Columns that may not change, and those of whole numbers, are left alone. */
export const noise = defineAugmentation({
  name: 'noise',
  summary: 'Gaussian noise on every value',
  images: false,
  options: v.object({ deviation: positive({ default: 0.03, description: "standard deviation, in the data's units" }) }),
  apply(x, { bounds: { lower, upper }, columns }, random, { deviation }) {
    for (let i = 0; i < x.length; i++) {
      const moved = (x[i] as number) + deviation * random.normal();
      if (columns?.immutable[i] || columns?.integer[i]) continue;
      x[i] = Math.min(Math.max(moved, at(lower, i)), at(upper, i));
    }
  },
});

function at(bound: number | Float32Array, i: number): number {
  return typeof bound === 'number' ? bound : (bound[i] as number);
}
