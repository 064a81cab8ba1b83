import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundledDataset, openDataset, select } from '../../datasets/index.ts';
import { needs } from '../support/needs.ts';
import { collect } from './idxFiles.ts';

const folder = resolve(import.meta.dirname, '../../datasets/fashion-mnist');
const original = '/usr/share/datasets/fashion-mnist';

describe('the bundled sample of Fashion-MNIST', () => {
  test.each([
    [bundledDataset(), 2_000],
    ['fashion-mnist:train', 10_000],
  ])('%s holds %d images of every class, and the names of the classes', async (spec, count) => {
    const dataset = await openDataset(spec);
    expect(dataset).toMatchObject({ spec, count, shape: [28, 28, 1] });
    expect(dataset.classNames).toHaveLength(10);
    const samples = await collect(dataset.read());
    expect(samples).toHaveLength(count);
    const perClass = Array.from({ length: 10 }, (_, label) => samples.filter(({ y }) => y === label).length);
    for (const size of perClass) expect(size).toBeGreaterThan(0.09 * count);
  });

  test('comes with its licence', () => {
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toContain('Copyright (c) 2017 Zalando SE');
  });

  needs('dataset-fashion-mnist', existsSync(original))('is the head of the original, example by example', async () => {
    const whole = await openDataset(`idx:${original}/t10k-images-idx3-ubyte.gz,${original}/t10k-labels-idx1-ubyte.gz`);
    const expected = await collect(select(whole, { limit: 2_000 }));
    const found = await collect((await openDataset(bundledDataset())).read());
    const differing = found.filter(({ id, x, y }) => y !== expected[id]?.y || !x.data.every((pixel, i) => pixel === expected[id]?.x.data[i]));
    expect(differing.map(({ id }) => id)).toEqual([]);
  });
});
