import ndarray from 'ndarray';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/core/sample.ts';
import { ExampleSource } from '../../src/plan/exampleSource.ts';

const labels = [2, 0, 1, 1];

function sourceOf(ids: readonly number[], target?: number): ExampleSource {
  async function* read(): AsyncGenerator<Sample> {
    for (const id of ids) yield await Promise.resolve({ id, y: labels[id]!, x: ndarray(Float32Array.of(id, id / 2), [2]) });
  }
  return new ExampleSource(read(), { spec: 'mine', classes: 3, labels: 'given', target });
}

async function drained(source: ExampleSource): Promise<number[]> {
  const ids: number[] = [];
  for await (const { id } of source) ids.push(id);
  return ids;
}

describe('the source of a scan', () => {
  test('hands out what was peeked at in its turn', async () => {
    const source = sourceOf([0, 1, 2, 3]);
    expect((await source.peek(2)).map(({ id }) => id)).toEqual([0, 1]);
    expect(await drained(source)).toEqual([0, 1, 2, 3]);
    expect(source.histogram).toEqual([1, 2, 1]);
  });

  test('leaves out what is in the wanted class already', async () => {
    const source = sourceOf([0, 1, 2, 3], 1);
    expect(await source.peek(16)).toHaveLength(2);
    expect(await drained(source)).toEqual([0, 1]);
    expect(source).toMatchObject({ skipped: 2, histogram: [1, 0, 1] });
  });

  test('hashes labels and values in order', async () => {
    const hashOf = async (ids: number[], peek = 0) => {
      const source = sourceOf(ids);
      await source.peek(peek);
      await drained(source);
      return source.sha256();
    };
    expect(await hashOf([0, 1, 2])).toBe(await hashOf([0, 1, 2], 2));
    expect(new Set([await hashOf([0, 1]), await hashOf([1, 0]), await hashOf([0, 1, 2])]).size).toBe(3);
  });
});
