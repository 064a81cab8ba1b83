import type { AttackRow, RobustnessReport } from '../core/report.ts';
import { worstCaseSeries } from '../core/report.ts';
import { atLargestEpsilon } from './atLargestEpsilon.ts';
import { attackLabels } from './attackLabels.ts';
import { count, distance, duration, interval, percent } from './figures.ts';

type Column = readonly [title: string, cell: (row: AttackRow) => string];

const intervalColumn: Column = ['95 % interval', (row) => interval(row.interval)];
const distanceColumn: Column = ['median distance', ({ medianDistance }) => distance(medianDistance)];
const spentColumns: readonly Column[] = [
  ['queries', ({ gradientQueries, forwardQueries }) => count(gradientQueries + forwardQueries)],
  ['time', ({ seconds }) => duration(seconds)],
];
const eightBitColumn: Column = ['8-bit', ({ robustAccuracy8bit }) => (robustAccuracy8bit === undefined ? '' : percent(robustAccuracy8bit))];
const targetColumn: Column = ['reached target', ({ targetedSuccessRate = 0 }) => percent(targetedSuccessRate)];
/** Of a member: what it broke of what those before it had left. */
const brokenColumn: Column = ['broke', () => ''];

/** Titles, then the attacks in the ball at the largest epsilon between the clean figure and the worst case. Names as they are. */
export function attackCells(report: RobustnessReport): string[][] {
  const { measure, clean, worstCase } = report;
  const rows = atLargestEpsilon(report);
  const shown = columnsFor(measure, rows, [distanceColumn]);
  const eightBit = worstCase.robustAccuracy8bit === undefined ? {} : { [eightBitColumn[0]]: percent(worstCase.robustAccuracy8bit) };
  const worst = summary(worstCaseSeries, shown, {
    ...{ [measure]: percent(worstCase.robustAccuracy), [intervalColumn[0]]: interval(worstCase.interval) },
    ...eightBit,
  });
  const cleanInterval = measure === 'stability' ? 'by definition' : interval(clean.interval);
  return [
    titles(shown),
    summary('clean', shown, { [measure]: percent(clean.accuracy), [intervalColumn[0]]: cleanInterval }),
    ...lines(rows, shown, report),
    ...(rows.length === 0 ? [] : [worst]),
  ];
}

/** Titles, then the attacks that keep to no ball; [] when there is none. */
export function outsideCells(report: RobustnessReport): string[][] {
  const rows = report.attacks.filter(({ norm }) => norm === 'none');
  if (rows.length === 0) return [];
  const shown = columnsFor(report.measure, rows, []);
  return [titles(shown), ...lines(rows, shown, report)];
}

function columnsFor(measure: string, rows: readonly AttackRow[], more: readonly Column[]): Column[] {
  return [
    [measure, ({ robustAccuracy }) => percent(robustAccuracy)],
    intervalColumn,
    ...more,
    ...spentColumns,
    ...(rows.some(differsIn8Bits) ? [eightBitColumn] : []),
    ...(rows.some(({ targetedSuccessRate }) => targetedSuccessRate !== undefined) ? [targetColumn] : []),
    ...(rows.some(({ members }) => members !== undefined) ? [brokenColumn] : []),
  ];
}

function titles(shown: readonly Column[]): string[] {
  return ['', ...shown.map(([title]) => title)];
}

function summary(name: string, shown: readonly Column[], figures: Readonly<Record<string, string>>): string[] {
  return [name, ...shown.map(([title]) => figures[title] ?? '')];
}

/** A line for each attack, and an indented one for each of its members. */
function lines(rows: readonly AttackRow[], shown: readonly Column[], { measure, clean }: RobustnessReport): string[][] {
  const labels = attackLabels(rows);
  return rows.flatMap((row, i) => [
    [labels[i] as string, ...shown.map(([, cell]) => cell(row))],
    ...(row.members ?? []).map(({ name, evaluated, broken }) => {
      const left = percent(clean.total === 0 ? 0 : (evaluated - broken) / clean.total);
      return summary(`  ${name}`, shown, { [measure]: left, [brokenColumn[0]]: `${count(broken)} of ${count(evaluated)}` });
    }),
  ]);
}

/** Rounding to 8 bits changes the figure, as it is shown. */
function differsIn8Bits({ robustAccuracy, robustAccuracy8bit = robustAccuracy }: AttackRow): boolean {
  return percent(robustAccuracy) !== percent(robustAccuracy8bit);
}
