import type { Dataset } from '../../core/dataset.ts';
import type { GalleryItem } from '../../core/result.ts';
import { pngOf } from './pngOf.ts';

/** Pixels of the longer side, at most. */
const longest = 128;

/** An example, what an attack made of it and what it changed, as pictures; undefined where it is no image that can be shown. */
export async function galleryImage(x: Float32Array, adv: Float32Array, { kind, shape, bounds: { lower, upper } }: Dataset): Promise<GalleryItem['image']> {
  if (kind !== 'image' || typeof lower !== 'number' || typeof upper !== 'number') return undefined;
  const [before, after] = [x, adv].map((values) => values.map((value) => (value - lower) / (upper - lower))) as [Float32Array, Float32Array];
  const [clean, adversarial] = [await pngOf(before, shape, longest), await pngOf(after, shape, longest)];
  if (!clean || !adversarial) return undefined;
  const { width, height } = clean;
  const change = after.map((value, i) => value - (before[i] as number));
  const magnification = magnificationOf(change);
  const grey = scaledDown(change, shape, [height, width]).map((value) => Math.min(1, Math.max(0, 0.5 + magnification * value)));
  const perturbation = await pngOf(grey, [height, width, ...shape.slice(2)]);
  const base64 = (picture: typeof clean | undefined) => picture?.png.toString('base64') ?? '';
  return { width, height, clean: base64(clean), adversarial: base64(adversarial), perturbation: base64(perturbation), magnification };
}

/** 1, 2, 5, 10, 20 …: the largest of them at which no change goes beyond black or white, but for rounding. */
export function magnificationOf(change: Float32Array): number {
  const largest = change.reduce((most, value) => Math.max(most, Math.abs(value)), 2 ** -24);
  const most = Math.max(1, (0.5 / largest) * (1 + 1e-4));
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2].find((digit) => digit * power <= most) ?? 1) * power;
}

/** Of each block of pixels the largest change, so that a single changed pixel stays to be seen. */
export function scaledDown(change: Float32Array, [height = 1, width = 1, channels = 1]: readonly number[], [rows, columns]: readonly [number, number]): Float32Array {
  const scaled = new Float32Array(rows * columns * channels);
  for (const [i, value] of change.entries()) {
    const pixel = Math.floor(i / channels);
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const block = Math.floor((row * rows) / height) * columns + Math.floor((column * columns) / width);
    const at = block * channels + (i % channels);
    if (Math.abs(value) > Math.abs(scaled[at] as number)) scaled[at] = value;
  }
  return scaled;
}
