import type { RobustnessReport } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { attackTable, outsideTable } from './attackTable.ts';
import { casesOf, levelOf } from './casesOf.ts';
import { epsilonsIn } from './epsilonsIn.ts';
import { count, counted, duration, listed } from './figures.ts';
import { gateTable } from './gateTable.ts';
import { groupTable } from './groupTable.ts';
import { paintColours, paintNothing } from './paint.ts';
import type { Colour, Paint } from './paint.ts';
import { printable } from './printable.ts';
import type { Style } from './reporter.ts';
import { threatLine } from './threatLine.ts';

/** One scenario of a check for a terminal: what was scanned, the figures, the gates, the samples that were lost, failed checks. */
export function scenarioText(result: Result, { colour = false }: Style = {}): string {
  const paint = colour ? paintColours : paintNothing;
  const { name, report } = result;
  const head = [...(name === undefined ? [] : [paint('bold', printable(name))]), paint('dim', printable(subject(report)))].join('\n');
  const tables = [attackTable, outsideTable, groupTable, gateTable].map((table) => table(report, paint));
  const asides = [...lost(result), ...warnings(result, paint), ...failures(report, paint)].join('\n');
  return `${[head, ...tables, asides].filter((block) => block !== '').join('\n\n')}\n`;
}

const colours = { held: 'green', measured: 'dim', missed: 'red', inconclusive: 'yellow' } as const satisfies Record<RobustnessReport['verdict'], Colour>;

/** The last line: what became of all, and of those that did not hold, why. */
export function checkLine(verdict: RobustnessReport['verdict'], results: readonly Result[], { colour = false }: Style = {}): string {
  const paint = colour ? paintColours : paintNothing;
  const open = results.filter(({ report }) => report.verdict === 'missed' || report.verdict === 'inconclusive').map(whyOpen);
  const gates = results.reduce((sum, { report }) => sum + report.gates.length, 0);
  const why = open.length > 0 ? open.join('; ') : `${counted(gates, 'gate')} of ${counted(results.length, 'scenario')}`;
  return `${paint(colours[verdict], verdict)}: ${printable(why)}\n`;
}

function subject({ model, dataset, threat, curve, seed, seconds }: RobustnessReport): string {
  const threats = threatLine(threat, curve ? epsilonsIn(curve) : [threat.epsilon]);
  return `${model.path} on ${dataset.spec} (${counted(dataset.examples, 'example')}), ${threats}, seed ${seed}, ${duration(seconds)}`;
}

/** 'linf 8/255: worst-case accuracy (missed)' */
function whyOpen(result: Result): string {
  const cases = casesOf(result).filter((one) => levelOf(one) === 'error');
  return `${result.name === undefined ? '' : `${result.name}: `}${listed(cases.map(({ title, status }) => `${title} (${status})`))}`;
}

/** The first of them; comparison.json has all. */
const mostNamed = 20;

function lost({ comparison }: Result): string[] {
  const { lostIds } = comparison?.worstCase ?? { lostIds: [] };
  if (lostIds.length === 0) return [];
  const more = lostIds.length > mostNamed ? `, and ${count(lostIds.length - mostNamed)} more` : '';
  return [`lost since the baseline  ${counted(lostIds.length, 'example')}: ${lostIds.slice(0, mostNamed).join(', ')}${more}`];
}

function warnings({ comparison }: Result, paint: Paint): string[] {
  return (comparison?.warnings ?? []).map((line) => `${paint('yellow', 'warn')}  ${printable(line)}.`);
}

function failures(report: RobustnessReport, paint: Paint): string[] {
  const failed = casesOf({ report }).filter(({ status }) => status === 'fail');
  return failed.map(({ line }) => `${paint('red', 'fail')}  ${printable(line)}`);
}
