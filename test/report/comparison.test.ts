import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/core/comparison.ts';
import { comparisonText } from '../../src/report/comparisonText.ts';
import { points, pValue } from '../../src/report/comparisonCells.ts';
import { exampleComparison as comparison, figure, side } from './exampleComparison.ts';
import { exampleReport } from './exampleReport.ts';

const { dataset } = exampleReport;

describe('the text of a comparison', () => {
  test('shows both sides, every figure with what was won and lost, the samples, and one sentence', () => {
    expect(comparisonText(comparison)).toBe(`\
before  models/cnn/model.json (abababab); 41,800 queries, 4.3 s
after   models/next/model.json (efefefef); 41,800 queries, 4.3 s
data    fashion-mnist:test (2,000 examples)
threat  Linf, epsilon 8/255, bounds [0, 1]
run     seed 0

                   before   after  change  95 % interval  won  lost        p
clean              90.0 %  90.5 %    +0.5   −0.5 to +1.5   20    10  < 0.001
fgsm               62.5 %  60.0 %    −2.5   −3.5 to −1.5   10    60  < 0.001
worst case         32.0 %  28.0 %    −4.0   −5.0 to −3.0   12    92  < 0.001
blur (in no ball)  85.0 %  85.0 %     0.0   −1.0 to +1.0    0     0  < 0.001

worst case  before   after  change  95 % interval  won  lost        p
class 7     32.0 %  28.0 %    −4.0   −5.0 to −3.0   12    92  < 0.001

won     1 example: 3
lost    12 examples: 1, 4, 6, 8, 10, 12, 14, 16, 18, 20, and 2 more

warn  another engine: onnxruntime 1.30.0 before, onnxruntime 1.31.0 after.

640 of 2,000 examples survived every attack before, 560 after (−4.0 points, 95 % interval −5.0 to −3.0): 12 won, 92 lost.
The intervals cover the choice of examples only, not the chance that a stronger attack exists. p: exact McNemar test.
`);
  });

  const gate = { maxRegression: 0.02, regression: 0.04, lower: 0.01, upper: 0.05, p: 0.0321 };
  test.each<[string, Partial<Comparison>]>([
    ['Held: less than the 2.0 points that may be lost were lost, by the whole interval.', { gate, verdict: 'held' }],
    ['Regressed: more than the 2.0 points that may be lost were lost, and not by chance (p = 0.032).', { gate, verdict: 'regressed' }],
    ['Inconclusive: 2.0 points may or may not have been lost; 3,100 examples with the same shares would decide.', { gate: { ...gate, samplesToDecide: 3100 }, verdict: 'inconclusive' }],
    ['Inconclusive: 1 check failed (Gradients exist).', { gate, verdict: 'inconclusive', after: { ...side, failedChecks: [{ id: 'gradients-exist', title: 'Gradients exist' }] } }],
    ['Inconclusive: the 2.0 points that may be lost are what was lost, and no number of examples with the same shares would decide.', { gate, verdict: 'inconclusive' }],
  ])('says %s', (line, change) => {
    expect(comparisonText({ ...comparison, ...change })).toContain(`: 12 won, 92 lost. ${line}\n`);
  });

  test('names the checks that failed, and on which side', () => {
    const before = { ...side, failedChecks: [{ id: 'gradients-exist', title: 'Gradients exist' }] };
    expect(comparisonText({ ...comparison, before })).toContain('fail  before: Gradients exist. Its figure may be too high.\n');
  });

  test('shows the curves of both', () => {
    const curve = [
      { attack: 'fgsm', epsilon: 2 / 255, ...figure(1500, 1400, 0) },
      { attack: 'fgsm', epsilon: 8 / 255, ...figure(1250, 1200, 0) },
    ];
    expect(comparisonText({ ...comparison, curve })).toContain(`
epsilon        2/255   8/255
fgsm, before  75.0 %  62.5 %
fgsm, after   70.0 %  60.0 %
`);
  });

  test('lets nothing from a file steer the terminal, and says the same in colour', () => {
    const hostile = { ...comparison, dataset: { ...dataset, classNames: Array<string>(10).fill('\u001b[31m\n\u202e') } };
    expect(comparisonText(hostile)).toContain('\\u001b[31m\\u000a\\u202e');
    expect(stripVTControlCharacters(comparisonText(comparison, { colour: true }))).toBe(comparisonText(comparison));
  });
});

test('what is not quite nothing is not shown as a loss', () => {
  expect([0.0004, -0.0004, 0.0005, -0.123].map(points)).toEqual(['0.0', '0.0', '+0.1', '−12.3']);
  expect([1, 0.0499, 0.0009].map(pValue)).toEqual(['1.000', '0.050', '< 0.001']);
});
