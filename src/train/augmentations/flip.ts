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
    for (let pixel = 0; pixel < height * width; pixel++) {
      const row = pixel - (pixel % width);
      const mirrored = row + width - 1 - (pixel - row);
      for (let channel = 0; channel < channels; channel++) x[mirrored * channels + channel] = original[pixel * channels + channel] as number;
    }
  },
});
