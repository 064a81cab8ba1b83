import ndarray from 'ndarray';
import { describe, expect, test } from 'vitest';
import { select, selectedIds } from '../../datasets/select.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { UserError } from '../../src/core/errors.ts';
import { collect } from './idxFiles.ts';

/** `count` examples of one value; `delivered` says how many were read. */
function counting(count: number): Dataset & { delivered: number } {
  return {
    spec: 'test:counting',
    shape: [1],
    kind: 'table',
    bounds: unitBounds,
    count,
    delivered: 0,
    async *read() {
      await Promise.resolve();
      for (let id = 0; id < count; id++) {
        this.delivered++;
        yield { id, x: ndarray(Float32Array.of(id / count), [1]), y: id % 2 };
      }
    },
  };
}

async function ids(dataset: Dataset, selection: Parameters<typeof select>[1]): Promise<number[]> {
  return (await collect(select(dataset, selection))).map(({ id }) => id);
}

describe('select', () => {
  test('without a selection gives everything in order', async () => {
    expect(await ids(counting(4), {})).toEqual([0, 1, 2, 3]);
  });

  test('skips the offset, keeps ids, and reads no further than the limit', async () => {
    const dataset = counting(100);
    expect(await ids(dataset, { offset: 5, limit: 3 })).toEqual([5, 6, 7]);
    expect(dataset.delivered).toBe(8);
    expect(await ids(counting(6), { offset: 4, limit: 10 })).toEqual([4, 5]);
  });

  test('shuffles into a permutation that only the seed decides', async () => {
    const order = await ids(counting(50), { shuffle: true, seed: 7 });
    expect(order.toSorted((a, b) => a - b)).toEqual([...Array(50).keys()]);
    expect(order).not.toEqual([...Array(50).keys()]);
    expect(await ids(counting(50), { shuffle: true, seed: 7 })).toEqual(order);
    expect(await ids(counting(50), { shuffle: true, seed: 8 })).not.toEqual(order);
  });

  test('takes offset and limit of the shuffled order, so that parts make up the whole', async () => {
    const whole = await ids(counting(20), { shuffle: true, seed: 1 });
    const parts = [
      await ids(counting(20), { shuffle: true, seed: 1, limit: 7 }),
      await ids(counting(20), { shuffle: true, seed: 1, offset: 7, limit: 7 }),
      await ids(counting(20), { shuffle: true, seed: 1, offset: 14 }),
    ];
    expect(parts.flat()).toEqual(whole);
  });

  test.each([{}, { shuffle: true, seed: 3 }, { offset: 2, limit: 11 }, { offset: 1, limit: 9, shuffle: true }, { limit: 2 }])(
    'deals %o out to shards in turn',
    async (selection) => {
      const whole = await ids(counting(20), selection);
      expect([...selectedIds(counting(20), selection)]).toEqual(whole);
      for (const index of [1, 2, 3]) {
        const shard = { ...selection, shard: { index, of: 3 } };
        const expected = whole.filter((_, place) => place % 3 === index - 1);
        expect(await ids(counting(20), shard)).toEqual(expected);
        expect([...selectedIds(counting(20), shard)]).toEqual(expected);
      }
    },
  );

  test('shuffles without favour: each place is as likely for each example', async () => {
    const counts = Array.from({ length: 4 }, () => Array<number>(4).fill(0));
    for (let seed = 0; seed < 400; seed++) {
      const order = await ids(counting(4), { shuffle: true, seed });
      order.forEach((id, place) => counts[place]![id]!++);
    }
    // 100 expected, standard deviation 8.7
    for (const count of counts.flat()) expect(Math.abs(count - 100)).toBeLessThan(40);
  });

  test('pairs a shuffled id with its own example', async () => {
    for await (const { id, x, y } of select(counting(16), { shuffle: true, limit: 5 })) {
      expect([x.get(0), y]).toEqual([id / 16, id % 2]);
    }
  });

  test.each([
    [{ limit: 0 }, 'limit: expected a whole number from 1, found 0'],
    [{ limit: 2.5 }, 'limit: expected a whole number from 1, found 2.5'],
    [{ offset: 3 }, 'offset: expected a whole number from 0 to 2 (test:counting), found 3'],
    [{ offset: -1 }, 'offset: expected a whole number from 0 to 2 (test:counting), found -1'],
  ])('refuses %j', (selection, message) => {
    expect(() => select(counting(3), selection)).toThrow(new UserError(message));
  });

  test('piecemeal gives the same order, and reads as far as the first piece asks', async () => {
    const dataset = counting(3000);
    const shuffled = { shuffle: true, seed: 4 };
    expect(await ids(dataset, { ...shuffled, piecemeal: true })).toEqual(await ids(dataset, shuffled));
    dataset.delivered = 0;
    const first: number[] = [];
    for await (const { id } of select(dataset, { ...shuffled, piecemeal: true })) if (first.push(id) === 256) break;
    expect(first).toEqual([...selectedIds(dataset, { ...shuffled, limit: 256 })]);
    expect(dataset.delivered).toBe(Math.max(...first) + 1);
  });
});
