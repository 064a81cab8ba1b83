import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { afterAll, expect, test } from 'vitest';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { scan } from '../../src/index.ts';
import { digitsOnnx, digitsTest } from '../support/digits.ts';
import type { OnnxFile } from '../support/onnxFile.ts';
import { plantedDigits, type Weakness, weaknesses } from '../support/planted.ts';

// The nets that the checks are tried on: does each plant do what it is there for, and its twin nothing?
const folder = mkdtempSync(join(tmpdir(), 'breakwater-planted-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { images, labels } = await digitsTest();
const data: Dataset = {
  ...{ spec: 'digits', kind: 'image', shape: [8, 8, 1], bounds: unitBounds, count: 60 },
  async *read() {
    for (let id = 0; id < 60; id++) {
      yield await Promise.resolve({ id, x: ndarray(Float32Array.from(images[id]!, (value) => value / 16), [8, 8, 1]), y: labels[id]! });
    }
  },
};

async function accuracies(model: string) {
  const { clean, attacks } = await scan({ model, data, attacks: 'pgd(steps=10),square(queries=1000)', epsilon: 0.1, workers: 0 });
  return { clean: clean.accuracy, pgd: attacks[0]!.robustAccuracy, square: attacks[1]!.robustAccuracy };
}

function saved(name: string, file: OnnxFile): string {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, file.bytes());
  return path;
}

const net = await accuracies(digitsOnnx);

/** By how much PGD's figure is too high at least: compared with the net's own, or with Square's on the same model. */
const hidden: Readonly<Record<Weakness, (found: typeof net) => number>> = {
  scaledLogits: () => 0.01, // our losses see through it
  kWinners: ({ pgd, square }) => pgd - square,
  quantisedInput: ({ pgd }) => pgd - net.pgd - 0.4,
  noise: ({ pgd }) => pgd - net.pgd - 0.1,
  deadRelus: ({ pgd }) => pgd - net.pgd - 0.4,
  dropout: ({ clean }) => net.clean - clean, // what it does is to differ from pass to pass
};

test.each(weaknesses)('%s keeps the model good on clean examples and misleads gradients; its twin does nothing', async (weakness) => {
  const { planted, sound } = await plantedDigits(weakness);
  expect(await accuracies(saved(`${weakness}-sound`, sound))).toEqual(net);
  const found = await accuracies(saved(weakness, planted));
  expect(found.clean).toBeGreaterThan(0.85);
  expect(hidden[weakness](found)).toBeGreaterThan(0);
});
