import * as v from 'valibot';
import { defineAugmentation } from './augmentation.ts';

/** Every other image, left and right exchanged. */
export const flip = defineAugmentation({
  name: 'flip',
  summary: 'left and right exchanged, in half of the images',
  images: true,
  options: v.object({}),
  apply(x, { shape: [height = 1, width = 1, channels = 1] }, random) {
    if (random.uniform() < 0.5) return;
    const original = x.slice();
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const from = (row * width + column) * channels;
        x.set(original.subarray(from, from + channels), (row * width + width - 1 - column) * channels);
      }
    }
  },
});
