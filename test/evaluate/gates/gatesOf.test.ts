import { expect, test } from 'vitest';
import { gateIds } from '../../../src/core/report.ts';
import { gatesOf } from '../../../src/evaluate/gates/gatesOf.ts';
import { exactBounds } from '../../../src/evaluate/gates/shareBounds.ts';
import { exampleReport } from '../../report/exampleReport.ts';

const rule = { bounds: await exactBounds(), confidence: 0.95 };
const [fgsm, pgd] = exampleReport.attacks as [(typeof exampleReport.attacks)[0], (typeof exampleReport.attacks)[0]];
const report = {
  ...exampleReport,
  // Two epsilons of fgsm, and one in no ball.
  attacks: [{ ...fgsm, epsilon: 1 / 255, robustAccuracy: 1 }, fgsm, pgd, { ...fgsm, name: 'blur', norm: 'none' as const, epsilon: null, robustAccuracy: 0.75 }],
  perGroup: [
    { group: 'indoors', total: 1500, cleanAccuracy: 0.9, robustAccuracy: 0.04 },
    { group: 'outdoors', total: 500, cleanAccuracy: 0.9, robustAccuracy: 0.008 },
  ],
};
const labels = ['fgsm', 'pgd(steps=40)', 'blur'];

test('there is a gate for each threshold, in a fixed order, of the figures at the largest epsilon', () => {
  const thresholds = { groupGap: 0.5, worstGroup: 0.02, classGap: 0.5, worstClass: 0.2, worstCase: 0.02, robust: { blur: 0.7, fgsm: 0.7 }, clean: 0.8 };
  const gates = gatesOf(report, labels, thresholds, rule);
  expect(gates.map(({ id, attack, figure, status, where }) => [id, attack, Number(figure.toPrecision(6)), status, where])).toEqual([
    ['clean', undefined, 0.9, 'held', undefined],
    ['robust', 'fgsm', 0.625, 'missed', undefined],
    ['robust', 'blur', 0.75, 'held', undefined],
    ['worst-case', undefined, 0.032, 'held', undefined],
    ['worst-class', undefined, 0.01, 'missed', [0]],
    ['class-gap', undefined, 0.11, 'held', [1, 0]],
    ['worst-group', undefined, 0.008, 'inconclusive', ['outdoors']],
    ['group-gap', undefined, 0.032, 'held', ['indoors', 'outdoors']],
  ]);
  expect([...new Set(gates.map(({ id }) => id))]).toEqual(gateIds.filter((id) => id !== 'regression'));
});

test('a threshold whose attack is not there is an error of ours: it must not pass', () => {
  expect(() => gatesOf(report, labels, { robust: { pgd: 0.1 } }, rule)).toThrow('a threshold for pgd, which was not asked for');
  expect(() => gatesOf(report, [...labels, 'cw'], { robust: { cw: 0.1 } }, rule)).toThrow('3 rows of 4 attacks');
});

test('where nothing is asked there is none', () => {
  expect(gatesOf(report, labels, {}, rule)).toEqual([]);
});
