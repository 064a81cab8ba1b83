import { describe, expect, test } from 'vitest';
import { batchesPerEpoch, batchOf, epochOrder } from '../../src/train/batches.ts';

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
const firstTen = Array.from({ length: 10 }, (_, position) => position);

describe('the order of an epoch', () => {
  test('holds every example once', () => {
    expect(sorted(epochOrder({ count: 10, seed: 1 }, 0))).toEqual(firstTen);
    expect(epochOrder({ count: 1, seed: 1 }, 0)).toEqual(Uint32Array.of(0));
  });

  test('is the same for the same seed and epoch, and another for others', () => {
    const order = epochOrder({ count: 100, seed: 1 }, 3);
    expect(epochOrder({ count: 100, seed: 1 }, 3)).toEqual(order);
    expect(epochOrder({ count: 100, seed: 1 }, 4)).not.toEqual(order);
    expect(epochOrder({ count: 100, seed: 2 }, 3)).not.toEqual(order);
  });

  test('is any of all orders equally often', () => {
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const order = epochOrder({ count: 3, seed: 0 }, epoch).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(sorted([...seen.keys()].map(Number))).toEqual([12, 21, 102, 120, 201, 210]);
    // Five standard deviations of a count of 1,000.
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 * (1 / 6) * (5 / 6)));
  });
});

describe('the batches of an epoch', () => {
  const order = epochOrder({ count: 10, seed: 5 }, 0);

  test('are all of one size, the last one filled up from the beginning', () => {
    const batches = Array.from({ length: batchesPerEpoch({ count: 10, batchSize: 4 }) }, (_, batch) => [...batchOf(order, 4, batch)]);
    expect(batches).toEqual([[...order.slice(0, 4)], [...order.slice(4, 8)], [...order.slice(8), ...order.slice(0, 2)]]);
  });

  test('need no filling where the size divides the number', () => {
    expect(batchesPerEpoch({ count: 10, batchSize: 5 })).toBe(2);
    expect(sorted([...batchOf(order, 5, 0), ...batchOf(order, 5, 1)])).toEqual(firstTen);
  });

  test('may be larger than the training set', () => {
    expect(batchesPerEpoch({ count: 3, batchSize: 7 })).toBe(1);
    expect([...batchOf(Uint32Array.of(2, 0, 1), 7, 0)]).toEqual([2, 0, 1, 2, 0, 1, 2]);
  });
});
