import ndarray from 'ndarray';
import sharp from 'sharp';
import { openDataset } from '../../datasets/index.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { randomOf } from '../../src/core/random.ts';

type Picture = Float32Array;

/** Harmless pictures [side, side, 3] without labels: every other one an article of Fashion-MNIST, the rest soft colours. */
export async function pictures(side: number, count: number): Promise<Dataset> {
  const all = [...(await articles(side, Math.ceil(count / 2))), ...softColours(side, Math.floor(count / 2))];
  const shape = [side, side, 3];
  return {
    spec: `${count} harmless pictures`,
    shape,
    kind: 'image',
    bounds: unitBounds,
    count,
    async *read() {
      for (const [id, x] of all.entries()) yield await Promise.resolve({ id, y: 0, x: ndarray(x, shape) });
    },
  };
}

async function articles(side: number, count: number): Promise<Picture[]> {
  const found: Picture[] = [];
  for await (const { x } of (await openDataset('fashion-mnist:test')).read((id) => id < count)) {
    const grey = Buffer.from(Array.from(x.data, (value) => Math.round(255 * value)));
    const image = sharp(grey, { raw: { width: 28, height: 28, channels: 1 } }).resize(side, side).toColourspace('srgb').removeAlpha();
    found.push(Float32Array.from(await image.raw().toBuffer(), (value) => value / 255));
    if (found.length === count) break;
  }
  return found;
}

/** Each channel a sum of three waves, longer than a quarter of the picture. */
function softColours(side: number, count: number): Picture[] {
  return Array.from({ length: count }, (_, id) => {
    const random = randomOf(id, 'soft colours');
    const waves = Array.from({ length: 9 }, () => Array.from({ length: 3 }, () => (8 * Math.PI * (random.uniform() - 0.5)) / side));
    return Float32Array.from({ length: side * side * 3 }, (_, i) => {
      const [channel, column, line] = [i % 3, Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
      const sum = waves.slice(3 * channel, 3 * channel + 3).reduce((all, [a = 0, b = 0, c = 0]) => all + Math.sin(a * column + b * line + c * side), 0);
      return 0.5 + sum / 6;
    });
  });
}
