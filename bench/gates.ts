/** Error rates of the gates by simulation, from seeded draws. 10,000 trials of each case, or as many as asked for. */
import { argv } from 'node:process';
import { gap } from '../src/evaluate/gates/gap.ts';
import { statusOf } from '../src/evaluate/gates/judge.ts';
import { lowest } from '../src/evaluate/gates/lowest.ts';
import type { Measure, Part } from '../src/evaluate/gates/measure.ts';
import { exactBounds } from '../src/evaluate/gates/shareBounds.ts';
import { drawParts, rememberedBounds } from '../test/support/drawParts.ts';
import type { Truth } from '../test/support/drawParts.ts';
import { percent, printTable } from './table.ts';

const trials = Number(argv[2] ?? 10_000);
const bounds = rememberedBounds(await exactBounds());
const rule = { bounds, confidence: 0.95 };

function shareOf(truths: readonly Truth[], holds: (parts: readonly Part[]) => boolean): string {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) count += Number(holds(drawParts(truths, trial)));
  return percent(count / trials);
}

function covers({ accuracy }: Truth, confidence: number): (parts: readonly Part[]) => boolean {
  return (parts) => {
    const [lower, upper] = lowest.interval(parts, bounds, (1 - confidence) / 2);
    return lower <= accuracy && accuracy <= upper;
  };
}

printTable(
  `The exact interval covers what is true, ${trials} trials`,
  ['samples', 'accuracy', 'at 95 %', 'at 99 %'],
  [50, 200, 1000, 5000].flatMap((total) =>
    [0.02, 0.1, 0.35, 0.5, 0.9].map((accuracy) => {
      const truth = { accuracy, total };
      return [total, percent(accuracy), ...[0.95, 0.99].map((confidence) => shareOf([truth], covers(truth, confidence)))];
    }),
  ),
);

const several = (count: number, total: number, accuracy: number): Truth[] => Array.from({ length: count }, () => ({ accuracy, total }));
const sizes = [1000, 300, 100, 30];

/** At the threshold itself, where both errors are most likely: what is true would be right either way. */
const cases: readonly (readonly [name: string, measure: Measure, threshold: number, truths: readonly Truth[]])[] = [
  ['one accuracy, 500', lowest, 0.4, several(1, 500, 0.4)],
  ['one accuracy, 2000', lowest, 0.4, several(1, 2000, 0.4)],
  ...[10, 100].flatMap((classes): (typeof cases)[number][] => [
    [`worst of ${classes} classes: one at the floor, the others far above`, lowest, 0.4, [...several(1, 100, 0.4), ...several(classes - 1, 100, 0.9)]],
    [`worst of ${classes} classes: all at the floor`, lowest, 0.4, several(classes, 100, 0.4)],
    [`gap of ${classes} classes: two at its ends, the others between`, gap, 0.4, [...several(1, 100, 0.3), ...several(1, 100, 0.7), ...several(classes - 2, 100, 0.5)]],
    [`gap of ${classes} classes: half at either end`, gap, 0.4, [...several(classes / 2, 100, 0.3), ...several(classes / 2, 100, 0.7)]],
    [`gap of ${classes} classes: none allowed, and there is none`, gap, 0, several(classes, 100, 0.5)],
  ]),
  ['worst of groups of 1000, 300, 100, 30: the smallest at the floor', lowest, 0.4, sizes.map((total) => ({ total, accuracy: total === 30 ? 0.4 : 0.8 }))],
  ['worst of groups of 1000, 300, 100, 30: all at the floor', lowest, 0.4, sizes.map((total) => ({ total, accuracy: 0.4 }))],
  ['gap of groups of 1000, 300, 100, 30: the smallest at its end', gap, 0.4, sizes.map((total) => ({ total, accuracy: total === 30 ? 0.4 : 0.8 }))],
];

printTable(
  `What is true lies at the threshold: each answer may be given in 2.5 % of ${trials} trials at most (confidence 95 %)`,
  ['gate', 'held', 'missed'],
  cases.map(([name, measure, threshold, truths]) => [
    name,
    ...(['held', 'missed'] as const).map((status) => shareOf(truths, (parts) => statusOf(measure, parts, threshold, rule) === status)),
  ]),
);

/** A floor of 40 %, a gap of 40 %. */
const power: readonly (readonly [name: string, measure: Measure, truths: (total: number) => readonly Truth[]])[] = [
  ['one accuracy, 45 %', lowest, (total) => several(1, total, 0.45)],
  ['one accuracy, 35 %', lowest, (total) => several(1, total, 0.35)],
  ['worst of 10 classes: 50 %, the others 80 %', lowest, (total) => [...several(1, total / 10, 0.5), ...several(9, total / 10, 0.8)]],
  ['worst of 10 classes: 30 %, the others 80 %', lowest, (total) => [...several(1, total / 10, 0.3), ...several(9, total / 10, 0.8)]],
  ['gap of 10 classes: 20 points', gap, (total) => [...several(5, total / 10, 0.5), ...several(5, total / 10, 0.7)]],
  ['gap of 10 classes: 60 points', gap, (total) => [...several(5, total / 10, 0.2), ...several(5, total / 10, 0.8)]],
];

printTable(
  `How often so many samples in all decide, and rightly so, ${trials} trials`,
  ['floor 40 %, gap 40 points; true:', '500', '1000', '2000', '5000'],
  power.map(([name, measure, truths]) => {
    const right = measure.bound === 'at-least' ? Math.min(...truths(500).map(({ accuracy }) => accuracy)) > 0.4 : name.includes('20');
    const status = right ? 'held' : 'missed';
    return [`${name}: ${status}`, ...[500, 1000, 2000, 5000].map((total) => shareOf(truths(total), (parts) => statusOf(measure, parts, 0.4, rule) === status))];
  }),
);
