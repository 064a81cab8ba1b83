import * as v from 'valibot';
import { wholeNumberOr } from '../../core/options.ts';
import { defineAugmentation } from './augmentation.ts';

/** A random window of the image's own size in the image with a black margin: 4 pixels of 32, as is usual on CIFAR-10. */
export const crop = defineAugmentation({
  name: 'crop',
  summary: 'shifted at random, black where nothing is left',
  images: true,
  options: v.object({ pad: wholeNumberOr({ default: 'an eighth of the shorter side', description: 'longest shift along each axis, in pixels' }) }),
  apply(x, { shape: [height = 1, width = 1, channels = 1] }, random, { pad = Math.round(Math.min(height, width) / 8) }) {
    const [down, right] = [random.integer(2 * pad + 1) - pad, random.integer(2 * pad + 1) - pad];
    const original = x.slice();
    x.fill(0);
    const [first, end] = [Math.max(0, -right), Math.min(width, width - right)];
    for (let row = Math.max(0, -down); row < Math.min(height, height - down) && first < end; row++) {
      const kept = original.subarray((row * width + first) * channels, (row * width + end) * channels);
      x.set(kept, ((row + down) * width + first + right) * channels);
    }
  },
});
