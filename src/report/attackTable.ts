import type { AttackRow, RobustnessReport } from '../core/report.ts';
import { aligned } from './aligned.ts';
import { atLargestEpsilon } from './atLargestEpsilon.ts';
import { attackLabels } from './attackLabels.ts';
import { count, distance, duration, interval, percent } from './figures.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

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

/** The attacks in the ball at the largest epsilon, between the clean figure and the worst case. */
export function attackTable(report: RobustnessReport, paint: Paint): string {
  const { measure, clean, worstCase } = report;
  const rows = atLargestEpsilon(report);
  const shown = columnsFor(measure, rows, [distanceColumn]);
  const eightBit = worstCase.robustAccuracy8bit === undefined ? {} : { [eightBitColumn[0]]: percent(worstCase.robustAccuracy8bit) };
  const worst = summary('worst case', shown, {
    ...{ [measure]: percent(worstCase.robustAccuracy), [intervalColumn[0]]: interval(worstCase.interval) },
    ...eightBit,
  });
  const cleanInterval = measure === 'stability' ? 'by definition' : interval(clean.interval);
  return aligned([
    titles(shown, paint),
    summary('clean', shown, { [measure]: percent(clean.accuracy), [intervalColumn[0]]: cleanInterval }),
    ...lines(rows, shown, report),
    ...(rows.length === 0 ? [] : [worst.map((cell) => cell && paint('bold', cell))]),
  ]);
}

/** The attacks that keep to no ball; '' when there is none. */
export function outsideTable(report: RobustnessReport, paint: Paint): string {
  const rows = report.attacks.filter(({ norm }) => norm === 'none');
  if (rows.length === 0) return '';
  const shown = columnsFor(report.measure, rows, []);
  return `${paint('dim', 'In no ball, and apart from the worst case:')}\n${aligned([titles(shown, paint), ...lines(rows, shown, report)])}`;
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

function titles(shown: readonly Column[], paint: Paint): string[] {
  return ['', ...shown.map(([title]) => paint('dim', title))];
}

function summary(name: string, shown: readonly Column[], figures: Readonly<Record<string, string>>): string[] {
  return [name, ...shown.map(([title]) => figures[title] ?? '')];
}

/** A line for each attack, and for each of its members. */
function lines(rows: readonly AttackRow[], shown: readonly Column[], { measure, clean }: RobustnessReport): string[][] {
  const labels = attackLabels(rows);
  return rows.flatMap((row, i) => [
    [printable(labels[i] as string), ...shown.map(([, cell]) => cell(row))],
    ...(row.members ?? []).map(({ name, evaluated, broken }) => {
      const left = percent(clean.total === 0 ? 0 : (evaluated - broken) / clean.total);
      return summary(`  ${printable(name)}`, shown, { [measure]: left, [brokenColumn[0]]: `${count(broken)} of ${count(evaluated)}` });
    }),
  ]);
}

/** Rounding to 8 bits changes the figure, as it is shown. */
function differsIn8Bits({ robustAccuracy, robustAccuracy8bit = robustAccuracy }: AttackRow): boolean {
  return percent(robustAccuracy) !== percent(robustAccuracy8bit);
}
