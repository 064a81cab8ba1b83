import { describe, expect, test } from 'vitest';
import { unitBounds } from '../../src/core/bounds.ts';
import { randomOf } from '../../src/core/random.ts';
import { augment, checkAugmentations, chooseAugmentations } from '../../src/train/augment.ts';
import type { Setting } from '../../src/train/augmentations/augmentation.ts';
import type { Choice } from '../../src/train/choose.ts';
import { fillBatch } from '../../src/train/fillBatch.ts';

const image: Setting = { shape: [2, 3, 2], bounds: unitBounds };
/** Value ij of channel k is 0.ijk. */
const x = Float32Array.of(0.111, 0.112, 0.121, 0.122, 0.131, 0.132, 0.211, 0.212, 0.221, 0.222, 0.231, 0.232);

function augmented(choices: readonly Choice[], seed: number, setting = image, example: Float32Array = x): Float32Array {
  const row = example.slice();
  augment(row, chooseAugmentations(choices), setting, randomOf(seed));
  return row;
}
const many = (choices: readonly Choice[], count: number, setting = image, example: Float32Array = x) =>
  Array.from({ length: count }, (_, seed) => augmented(choices, seed, setting, example));
const distinct = (rows: readonly Float32Array[]) => new Map(rows.map((row) => [row.join(' '), row]));

describe('flip', () => {
  const mirrored = Float32Array.of(0.131, 0.132, 0.121, 0.122, 0.111, 0.112, 0.231, 0.232, 0.221, 0.222, 0.211, 0.212);

  test('exchanges left and right, with their channels, in half of the images', () => {
    const rows = many([{ name: 'flip' }], 400);
    expect([...distinct(rows).values()].sort()).toEqual([x, mirrored].sort());
    const flipped = rows.filter((row) => row[0] === mirrored[0]).length;
    expect(Math.abs(flipped - 200)).toBeLessThan(50);
  });
});

describe('crop', () => {
  test('takes every window of the image in its black margin', () => {
    const rows = many([{ name: 'crop', options: { pad: 1 } }], 400);
    const padded = (row: number, column: number, channel: number) =>
      row < 0 || row > 1 || column < 0 || column > 2 ? 0 : x[(row * 3 + column) * 2 + channel]!;
    const windows = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) =>
      Float32Array.from(x, (_, i) => padded(Math.floor(i / 6) - down, (Math.floor(i / 2) % 3) - right, i % 2))));
    expect([...distinct(rows).keys()].sort()).toEqual([...distinct(windows).keys()].sort());
  });

  test('may shift the image out altogether', () => {
    const rows = distinct(many([{ name: 'crop', options: { pad: 5 } }], 200));
    expect(rows.has(new Float32Array(12).join(' '))).toBe(true);
  });

  test.each([[28, 4], [32, 4], [224, 28]])('of %d pixels shifts by up to %d unless told', (side, pad) => {
    const setting = { shape: [side, side, 1], bounds: unitBounds };
    const white = new Float32Array(side * side).fill(1);
    const black = (row: Float32Array) => row.subarray((side / 2) * side, (side / 2 + 1) * side).filter((value) => value === 0).length;
    expect(Math.max(...many([{ name: 'crop' }], 200, setting, white).map(black))).toBe(pad);
  });
});

describe('noise', () => {
  test('is Gaussian, of the deviation that is asked for', () => {
    const grey = new Float32Array(10_000).fill(0.5);
    const row = augmented([{ name: 'noise', options: { deviation: 0.1 } }], 1, { shape: [grey.length], bounds: unitBounds }, grey);
    const off = Array.from(row, (value) => value - 0.5);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length;
    expect(Math.abs(mean(off))).toBeLessThan(0.005);
    expect(Math.sqrt(mean(off.map((value) => value ** 2)))).toBeCloseTo(0.1, 2);
    expect(mean(off.map((value) => value ** 4)) / mean(off.map((value) => value ** 2)) ** 2).toBeCloseTo(3, 0);
  });

  test('stays in the box, and leaves fixed columns and whole numbers alone', () => {
    const setting: Setting = {
      shape: [4],
      bounds: { lower: Float32Array.of(0, -1, 0, 0), upper: Float32Array.of(1, 1, 90, 9) },
      columns: { names: ['a', 'b', 'age', 'n'], immutable: Uint8Array.of(0, 0, 1, 0), integer: Uint8Array.of(0, 0, 0, 1) },
    };
    const rows = many([{ name: 'noise', options: { deviation: 2 } }], 200, setting, Float32Array.of(0.5, 0, 40, 3));
    expect(new Set(rows.map((row) => row[2]))).toEqual(new Set([40]));
    expect(new Set(rows.map((row) => row[3]))).toEqual(new Set([3]));
    const [first, second] = [rows.map((row) => row[0]!), rows.map((row) => row[1]!)];
    expect([Math.min(...first), Math.max(...first), Math.min(...second), Math.max(...second)]).toEqual([0, 1, -1, 1]);
  });
});

describe('together', () => {
  test('what one draws does not depend on the others', () => {
    const crop = { name: 'crop', options: { pad: 1 } };
    for (let seed = 0; seed < 20; seed++) {
      const cropped = augmented([crop], seed);
      const both = augmented([crop, { name: 'flip' }], seed);
      expect(both).toEqual(augmented([{ name: 'flip' }], seed, image, cropped));
    }
  });

  test('a batch is drawn by seed, epoch and id, whatever else is in it', () => {
    const preparation = { setting: image, augmentations: chooseAugmentations([{ name: 'noise' }]), seed: 4 };
    const examples = [7, 8, 9].map((id) => ({ id, x, y: id % 2 }));
    const { ids, x: rows, y } = fillBatch(examples, preparation, 2);
    expect([ids, y]).toEqual([[7, 8, 9], [1, 0, 1]]);
    expect(rows.slice(12, 24)).toEqual(fillBatch([examples[1]!], preparation, 2).x);
    expect(rows.slice(0, 12)).not.toEqual(rows.slice(12, 24));
    expect(fillBatch(examples, preparation, 3).x).not.toEqual(rows);
    expect(fillBatch(examples, { ...preparation, seed: 5 }, 2).x).not.toEqual(rows);
    expect(x[0]).toBe(Math.fround(0.111));
  });

  test('without augmentations a batch holds the examples themselves', () => {
    const examples = [{ id: 0, x, y: 0 }, { id: 1, x: x.toReversed(), y: 1 }];
    expect(fillBatch(examples, { setting: image, augmentations: [], seed: 0 }, 0).x).toEqual(Float32Array.of(...x, ...x.toReversed()));
  });
});

test.each([
  ['flop', "unknown augmentation 'flop': did you mean flip? known are flip, crop, noise"],
  ['crop', 'crop: expected images [H, W, C], found examples of shape [4]'],
])('%s on a table is refused', (name, message) => {
  expect(() => checkAugmentations(chooseAugmentations([{ name }]), { shape: [4] })).toThrow(message);
});
