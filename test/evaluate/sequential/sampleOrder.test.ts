import { describe, expect, test } from 'vitest';
import type { SampleRecord } from '../../../src/core/record.ts';
import { exactBounds } from '../../../src/evaluate/gates/shareBounds.ts';
import { statusesOf } from '../../../src/evaluate/gates/gatesOf.ts';
import { SampleOrder } from '../../../src/evaluate/sequential/sampleOrder.ts';
import { withUnseen } from '../../../src/evaluate/sequential/withUnseen.ts';

const record = (id: number, attack: string): SampleRecord => ({ id, attack, label: 0, clean: 0, outcome: 'survived', forwardQueries: 1, gradientQueries: 0 });

describe('samples in order', () => {
  test('are released when all their records and those before them are there', () => {
    const released: number[][] = [];
    const order = new SampleOrder<{ id: number }>(2, ({ id }, records) => released.push([id, ...records.map(({ seconds }) => seconds)]));
    for (const id of [7, 3, 9]) order.handOut({ id });
    for (const [id, seconds] of [[9, 1], [9, 2], [3, 3], [7, 4]] as const) order.add(record(id, `attack ${seconds}`), seconds);
    expect(released).toEqual([]);
    order.add(record(7, 'attack 5'), 5);
    expect(released).toEqual([[7, 4, 5]]);
    order.add(record(3, 'attack 6'), 6);
    expect(released).toEqual([[7, 4, 5], [3, 3, 6], [9, 1, 2]]);
    expect(() => order.add(record(3, 'attack 7'), 7)).toThrow('was not handed out or is released');
  });
});

describe('classes and groups of which no sample has come yet', () => {
  const row = { total: 900, cleanAccuracy: 1, robustAccuracy: 0.9 };
  const all = { accuracy: 1, correct: 1800, total: 1800, interval: [0, 1] as const };
  const figures = { threat: { epsilon: 1 }, clean: all, attacks: [], worstCase: { robustAccuracy: 0.9, interval: [0, 1] as const }, perClass: [0, 2].map((label) => ({ label, ...row, attacks: [] })), perGroup: [{ group: 'a', ...row }, { group: 'c', ...row }] };

  test('keep gates on the lowest and on gaps open, and no other', async () => {
    const rule = { bounds: await exactBounds(), confidence: 0.95 };
    const thresholds = { worstCase: 0.5, worstClass: 0.5, classGap: 0.2, worstGroup: 0.5, groupGap: 0.2 };
    const statuses = (groups: string[], classes: number) => statusesOf(withUnseen(figures, { classes, groups }), [], thresholds, rule);
    expect(statusesOf(figures, [], thresholds, rule)).toEqual(['held', 'held', 'held', 'held', 'held']);
    expect(statuses(['a', 'b', 'c'], 3)).toEqual(['held', 'inconclusive', 'inconclusive', 'inconclusive', 'inconclusive']);
    expect(withUnseen(figures, { classes: 3, groups: ['a', 'b', 'c'] })).toMatchObject({ perClass: [{ total: 900 }, { label: 1, total: 0 }, { total: 900 }], perGroup: [{ total: 900 }, { group: 'b', total: 0 }, { total: 900 }] });
  });
});
