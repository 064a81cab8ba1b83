import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { AttackRow, Check, RobustnessReport } from '../core/report.ts';
import { attackLabels } from './attackLabels.ts';
import { count, counted, distance, duration, epsilonText, interval, normNames, percent, targetName } from './figures.ts';
import { printable } from './printable.ts';
import type { Reporter } from './reporter.ts';
import { sentence } from './sentence.ts';

type Colour = Parameters<typeof styleText>[0];
type Paint = (colour: Colour, text: string) => string;

/** The result for a terminal: what was tested, a table, the checks that did not pass, one sentence. */
export const text: Reporter = {
  file: 'report.txt',
  render(report, { colour = false } = {}) {
    const paint: Paint = colour ? (format, part) => styleText(format, part, { validateStream: false }) : (_, part) => part;
    const blocks = [subject(report, paint), table(report, paint), checks(report, paint), verdict(report, paint)];
    return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
  },
};

function subject({ model, dataset, threat, engine, seed, seconds }: RobustnessReport, paint: Paint): string {
  const crew = engine.workers > 0 ? `${counted(engine.workers, 'worker')} of ${counted(engine.threads, 'thread')}` : counted(engine.threads, 'thread');
  const lines = {
    model: `${model.path} (${model.inputShape.join('×')} to ${model.classes} classes, ${counted(model.parameters, 'parameter')})`,
    data: dataLine(dataset),
    threat: threatLine(threat),
    engine: `${engine.name} ${engine.version}, ${crew}; ${engine.reason}`,
    run: `seed ${seed}, ${duration(seconds)}`,
  };
  return Object.entries(lines)
    .map(([name, line]) => `${paint('dim', name.padEnd(6))}  ${printable(line)}`)
    .join('\n');
}

function dataLine({ spec, examples, unreadable }: RobustnessReport['dataset']): string {
  const left = unreadable === undefined ? '' : `; ${count(unreadable)} unreadable, left out`;
  return `${spec} (${counted(examples, 'example')}${left})`;
}

function threatLine({ norm, epsilon, target, bounds, immutable, integer }: RobustnessReport['threat']): string {
  const parts = [normNames[norm], `epsilon ${epsilonText(epsilon)}`, `bounds ${typeof bounds === 'string' ? bounds : `[${bounds.join(', ')}]`}`];
  if (target !== undefined) parts.push(`aimed at ${targetName(target)}`);
  if (immutable) parts.push(`immutable ${immutable.join(' ')}`);
  if (integer) parts.push(`whole numbers ${integer.join(' ')}`);
  return parts.join(', ');
}

type Column = readonly [title: string, cell: (row: AttackRow) => string];

const columns: readonly Column[] = [
  ['95 % interval', (row) => interval(row.interval)],
  ['median distance', ({ medianDistance }) => distance(medianDistance)],
  ['queries', ({ gradientQueries, forwardQueries }) => count(gradientQueries + forwardQueries)],
  ['time', ({ seconds }) => duration(seconds)],
];
const eightBitColumn: Column = ['8-bit', ({ robustAccuracy8bit }) => (robustAccuracy8bit === undefined ? '' : percent(robustAccuracy8bit))];
const targetColumn: Column = ['reached target', ({ targetedSuccessRate = 0 }) => percent(targetedSuccessRate)];

function table({ measure, clean, attacks, worstCase }: RobustnessReport, paint: Paint): string {
  const shown: readonly Column[] = [
    [measure, ({ robustAccuracy }) => percent(robustAccuracy)],
    ...columns,
    ...(attacks.some(differsIn8Bits) ? [eightBitColumn] : []),
    ...(attacks.some(({ targetedSuccessRate }) => targetedSuccessRate !== undefined) ? [targetColumn] : []),
  ];
  const summary = (name: string, figures: Readonly<Record<string, string>>) => [name, ...shown.map(([title]) => figures[title] ?? '')];
  const eightBit = worstCase.robustAccuracy8bit === undefined ? {} : { [eightBitColumn[0]]: percent(worstCase.robustAccuracy8bit) };
  return aligned([
    ['', ...shown.map(([title]) => paint('dim', title))],
    summary('clean', { [measure]: percent(clean.accuracy), '95 % interval': measure === 'stability' ? 'by definition' : interval(clean.interval) }),
    ...attackLabels(attacks).map((label, i) => [printable(label), ...shown.map(([, cell]) => cell(attacks[i] as AttackRow))]),
    summary('worst case', { [measure]: percent(worstCase.robustAccuracy), '95 % interval': interval(worstCase.interval), ...eightBit }).map(
      (cell) => cell && paint('bold', cell),
    ),
  ]);
}

/** Rounding to 8 bits changes the figure, as it is shown. */
function differsIn8Bits({ robustAccuracy, robustAccuracy8bit = robustAccuracy }: AttackRow): boolean {
  return percent(robustAccuracy) !== percent(robustAccuracy8bit);
}

/** Rows as columns: the first to the left, figures to the right, no rules but spaces. */
function aligned(rows: readonly string[][]): string {
  const none = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`]);
  const drawn = new Table({
    chars: Object.fromEntries([...none, 'middle'].map((place) => [place, ''])),
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] },
    colAligns: (rows[0] ?? []).map((_, i) => (i === 0 ? 'left' : 'right')),
  });
  drawn.push(...rows);
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const marks = { warn: 'yellow', fail: 'red' } as const;

/** The checks that ask something of the reader: one line each. */
function checks(report: RobustnessReport, paint: Paint): string {
  return report.checks
    .flatMap((check) => (check.status === 'warn' || check.status === 'fail' ? [checkLine(check, marks[check.status], paint)] : []))
    .join('\n');
}

function checkLine({ status, title, value, advice }: Check, mark: Colour, paint: Paint): string {
  return `${paint(mark, status)}  ${printable(`${title}${value === null ? '' : `: ${foundText(value)}`}. ${advice}`)}`;
}

/** Counts whole, shares with three digits. */
function foundText(value: number | string): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(3)));
}

function verdict(report: RobustnessReport, paint: Paint): string {
  const caveat = 'The intervals cover the choice of examples only, not the chance that a stronger attack exists.';
  return `${printable(sentence(report))}\n${paint('dim', caveat)}`;
}
