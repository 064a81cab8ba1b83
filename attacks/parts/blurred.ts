import type { Image } from './images.ts';

/** A Gaussian blur of this radius (its standard deviation), in pixels; the image's edge goes on beyond it. */
export function blurred({ height, width, channels, values }: Image, radius: number): Float32Array {
  const weights = gaussian(radius);
  const row = width * channels;
  const alongColumns = convolved(values, weights, { count: height, stride: row });
  return convolved(alongColumns, weights, { count: width, stride: channels });
}

/** The weights at 0, ±1, … up to four radii, which sum to 1. */
function gaussian(radius: number): Float64Array {
  const weights = Float64Array.from({ length: Math.floor(4 * radius + 0.5) + 1 }, (_, i) => Math.exp((-i * i) / (2 * radius * radius)));
  const total = weights.reduce((sum, weight, i) => sum + (i === 0 ? weight : 2 * weight), 0);
  return weights.map((weight) => weight / total);
}

/** Along one axis, of `count` places that lie `stride` values apart. */
function convolved(values: Float32Array, weights: Float64Array, { count, stride }: { readonly count: number; readonly stride: number }): Float32Array {
  return values.map((value, i) => {
    const place = Math.floor(i / stride) % count;
    const first = i - place * stride;
    const at = (position: number) => values[first + Math.min(count - 1, Math.max(0, position)) * stride] as number;
    let sum = (weights[0] as number) * value;
    for (let k = 1; k < weights.length; k++) sum += (weights[k] as number) * (at(place - k) + at(place + k));
    return sum;
  });
}
