import type { Check, RobustnessReport } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { attackTable, outsideTable } from './attackTable.ts';
import { caveat } from './caveat.ts';
import { checkFound } from './checkFound.ts';
import { comparisonText } from './comparisonText.ts';
import { curveTable } from './curveTable.ts';
import { epsilonsIn } from './epsilonsIn.ts';
import { count, counted, duration } from './figures.ts';
import { gateTable } from './gateTable.ts';
import { groupTable } from './groupTable.ts';
import { paintColours, paintNothing } from './paint.ts';
import type { Colour, Paint } from './paint.ts';
import { printable } from './printable.ts';
import type { Reporter, Style } from './reporter.ts';
import { sentence } from './sentence.ts';
import { threatLine } from './threatLine.ts';

/** For a terminal. */
export const text: Reporter = {
  file: 'report.txt',
  render: (results, style) => results.map((result) => resultText(result, style)).join('\n'),
};

/** A scan, below its name where it is one of several, and what was won and lost since the baseline. */
function resultText({ name, report, comparison }: Result, style: Style = {}): string {
  const paint = style.colour ? paintColours : paintNothing;
  const head = name === undefined ? [] : [`${paint('bold', printable(name))}\n`];
  return [...head, scanText(report, style), ...(comparison ? [comparisonText(comparison, style)] : [])].join('\n');
}

/** What was tested, tables, the checks that did not pass, one sentence. */
export function scanText(report: RobustnessReport, { colour = false }: Style = {}): string {
  const paint = colour ? paintColours : paintNothing;
  const tables = [attackTable, curveTable, outsideTable, groupTable, gateTable].map((table) => table(report, paint));
  const asides = [checks(report, paint), notRun(report, paint)].filter((lines) => lines !== '').join('\n');
  const blocks = [subject(report, paint), ...tables, asides, verdict(report, paint)];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function subject({ model, dataset, threat, curve, engine, seed, request, seconds }: RobustnessReport, paint: Paint): string {
  const crew = engine.workers > 0 ? `${counted(engine.workers, 'worker')} of ${counted(engine.threads, 'thread')}` : counted(engine.threads, 'thread');
  const lines = {
    model: `${model.path} (${model.inputShape.join('×')} to ${model.classes} classes, ${counted(model.parameters, 'parameter')})`,
    data: dataLine(dataset, request),
    threat: threatLine(threat, curve ? epsilonsIn(curve) : [threat.epsilon]),
    engine: `${engine.name} ${engine.version}, ${crew}; ${engine.reason}${chance(engine)}`,
    run: `seed ${seed}, ${duration(seconds)}`,
  };
  return Object.entries(lines)
    .map(([name, line]) => `${paint('dim', name.padEnd(6))}  ${printable(line)}`)
    .join('\n');
}

/** Of a model that draws random numbers. */
function chance({ draws }: RobustnessReport['engine']): string {
  return draws === undefined ? '' : `; it draws random numbers: most of ${draws} answers decide`;
}

function dataLine({ spec, examples, unreadable }: RobustnessReport['dataset'], { shard }: RobustnessReport['request']): string {
  const part = typeof shard === 'string' ? `, shard ${shard}` : '';
  const left = unreadable === undefined ? '' : `; ${count(unreadable)} unreadable, left out`;
  return `${spec} (${counted(examples, 'example')}${part}${left})`;
}

const marks = { warn: 'yellow', fail: 'red' } as const;

/** The checks that ask something of the reader: one line each. */
function checks(report: RobustnessReport, paint: Paint): string {
  return report.checks
    .flatMap((check) => (check.status === 'warn' || check.status === 'fail' ? [checkLine(check, marks[check.status], paint)] : []))
    .join('\n');
}

/** The checks that were not run, and what they take: a line for all that take the same. */
function notRun({ checks }: RobustnessReport, paint: Paint): string {
  const titles = new Map<string, string[]>();
  for (const { status, title, advice } of checks) if (status === 'not-run') titles.set(advice, [...(titles.get(advice) ?? []), title]);
  return [...titles].map(([advice, those]) => paint('dim', `not run  ${printable(`${those.length === 1 ? those[0] : `${those.length} checks`}. ${advice}`)}`)).join('\n');
}

function checkLine(check: Check, mark: Colour, paint: Paint): string {
  return `${paint(mark, check.status)}  ${printable(`${checkFound(check)}. ${check.advice}`)}`;
}

function verdict(report: RobustnessReport, paint: Paint): string {
  return `${printable(sentence(report))}\n${paint('dim', caveat)}`;
}
