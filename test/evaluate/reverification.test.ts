import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { SampleRecord } from '../../src/core/record.ts';
import type { Example } from '../../src/evaluate/example.ts';
import { Reverification } from '../../src/evaluate/reverification.ts';
import type { Original, ReverificationOptions } from '../../src/evaluate/reverification.ts';
import type { Judged } from '../../src/evaluate/trial.ts';
import { linearOracle } from './linearOracle.ts';

/** Three classes over three coordinates: whichever is largest. */
const largest = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

const record: SampleRecord = {
  ...{ id: 0, attack: 'pgd', label: 0, clean: 0, outcome: 'broken', adversarial: 1 },
  ...{ distances: { linf: 0.1, l2: 0.1, l1: 0.1, l0: 1 }, forwardQueries: 0, gradientQueries: 7 },
};
const broken = (id: number, ...point: number[]): Judged => ({ record: { ...record, id }, point: Float32Array.from(point) });

/** What is kept of these, and how many rows each call of the original had. */
async function settle(given: readonly Judged[], options: Partial<ReverificationOptions> = {}) {
  const original = linearOracle(largest, 4);
  const kept: SampleRecord[] = [];
  const keep = (judged: Judged) => void kept.push(judged.record);
  const reverification = new Reverification({ original, compare: true, eightBit: false, keep, ...options });
  for (const one of given) reverification.add(one, 0);
  await reverification.finish();
  return { kept, rows: original.calls.map(({ rows }) => rows) };
}

describe("the original model's verdict counts:", () => {
  test('what fools it is broken, by the class that it gives', async () => {
    const { kept } = await settle([broken(0, 0.1, 0.8, 0), broken(1, 0.1, 0, 0.8)]);
    expect(kept).toEqual([record, { ...record, id: 1, adversarial: 2 }]);
  });

  test('what does not fool it, or ties with the label, has survived, and is marked', async () => {
    const { kept } = await settle([broken(0, 0.9, 0.8, 0), broken(1, 0.5, 0.5, 0)], { eightBit: true });
    const survivor = { ...record, outcome: 'survived', adversarial: 0, disagreed: true };
    expect(kept).toEqual([survivor, { ...survivor, id: 1 }]);
  });

  test('what it has no finite logits for is an error', async () => {
    const { kept } = await settle([broken(0, NaN, 0, 0)]);
    expect(kept).toEqual([{ ...record, outcome: 'error', error: "the original model's logits are not finite" }]);
  });

  test('what it fails on is an error, and the scan goes on', async () => {
    let calls = 0;
    const sound = linearOracle(largest, 1);
    const original: Original = { ...sound, predict: (points, rows) => (calls++ === 0 ? Promise.reject(new Error('no memory')) : sound.predict(points, rows)) };
    const { kept } = await settle([broken(0, 0, 1, 0), broken(1, 0, 1, 0)], { original });
    expect(kept).toEqual([
      { ...record, outcome: 'error', error: 'the original model failed: no memory' },
      { ...record, id: 1 },
    ]);
  });

  test('it is asked about adversarial examples only, a full batch at a time, and the order stays', async () => {
    const survived: Judged = { record: { ...record, outcome: 'survived', adversarial: 0 }, point: Float32Array.of(0, 1, 0) };
    const wrong: Judged = { record: { ...record, outcome: 'wrong' } };
    const given = [survived, ...[1, 2, 3, 4, 5, 6].map((id) => broken(id, 0, 1, 0)), wrong, broken(8, 0, 1, 0)];
    const { kept, rows } = await settle(given);
    expect(kept).toEqual(given.map((judged) => judged.record));
    expect(rows).toEqual([4, 3]);
  });

  test('where the attacks ran on it already, it is not asked again', async () => {
    const { kept, rows } = await settle([broken(0, 0.9, 0.8, 0)], { compare: false });
    expect([kept, rows]).toEqual([[record], []]);
  });
});

describe('rounding to 8 bits', () => {
  // 0.6 is 153/255. Above it by less than half a level, rounding undoes it; above by more, it does not.
  const level = 1 / 255;
  const little = broken(0, 0.6, 0.6 + 0.4 * level, 0);
  const enough = broken(1, 0.6, 0.6 + 0.6 * level, 0);

  test.each([1, 2, 3, 64])('tells what outlives it, at batch size %i', async (batchSize) => {
    const { kept } = await settle([little, enough], { original: linearOracle(largest, batchSize), eightBit: true });
    expect(kept).toEqual([
      { ...record, broken8bit: false },
      { ...record, id: 1, broken8bit: true },
    ]);
  });

  test('is all that is asked where the attacks ran on the original', async () => {
    const { kept, rows } = await settle([little, enough], { compare: false, eightBit: true });
    expect(kept.map(({ broken8bit }) => broken8bit)).toEqual([false, true]);
    expect(rows).toEqual([2]);
  });

  test('keeps the mark of a point that it took out of the budget, as long as it counts', async () => {
    const marked = ({ record: one, ...rest }: Judged): Judged => ({ ...rest, record: { ...one, outside8bit: true } });
    const { kept } = await settle([marked(enough), marked(broken(2, 1, 0, 0))], { eightBit: true });
    expect(kept.map(({ outside8bit }) => outside8bit)).toEqual([true, undefined]);
  });
});

describe('a slow original', () => {
  const examples = async function* (): AsyncGenerator<Example> {
    for (let id = 0; ; id++) yield await Promise.resolve({ id, x: new Float32Array(3), y: 0 });
  };

  test('holds examples back while many points wait, and lets them go on as it catches up', async () => {
    let answer: () => void = () => undefined;
    const sound = linearOracle(largest, 4);
    const gate = new Promise<void>((resolve) => (answer = resolve));
    const original: Original = { ...sound, predict: (points, rows) => gate.then(() => sound.predict(points, rows)) };
    const reverification = new Reverification({ original, compare: true, eightBit: false, keep: () => undefined });
    const source = reverification.heldBack(examples());
    for (let id = 0; id < 100; id++) reverification.add(broken(id, 0, 1, 0), 0);
    const next = source.next();
    expect(await Promise.race([next, setImmediate('held back')])).toBe('held back');
    answer();
    expect(await next).toMatchObject({ value: { id: 0 } });
    await reverification.finish();
    expect(await source.next()).toMatchObject({ value: { id: 1 } });
  });

  test('is not waited for when the scan is stopped, and nothing is kept from then on', async () => {
    const kept: SampleRecord[] = [];
    const reverification = new Reverification({ original: linearOracle(largest, 4), compare: true, eightBit: false, keep: (judged) => void kept.push(judged.record) });
    for (let id = 0; id < 100; id++) reverification.add(broken(id, 0, 1, 0), 0);
    const next = reverification.heldBack(examples()).next();
    await reverification.close();
    expect(await next).toMatchObject({ done: true });
    expect(kept).toEqual([]);
  });
});

test('a record that cannot be kept ends the scan', async () => {
  const keep = () => Promise.reject(new Error('disk full'));
  const reverification = new Reverification({ original: linearOracle(largest, 4), compare: true, eightBit: false, keep });
  reverification.add(broken(0, 0, 1, 0), 0);
  await expect(reverification.finish()).rejects.toThrow('disk full');
  expect(() => reverification.add(broken(1, 0, 1, 0), 0)).toThrow('disk full');
});
