import type { Check, Gate, RobustnessReport, Verdict } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { checkFound } from './checkFound.ts';
import { gateLine, gateTitle } from './gateText.ts';
import { sentence } from './sentence.ts';

/** Something that a result decides, as test runners and code scanners know it. */
export interface Case {
  readonly kind: 'gate' | 'check' | 'scan';
  /** Of the gate or the check; `verdict` for the scan as a whole. */
  readonly id: string;
  readonly title: string;
  readonly status: Gate['status'] | Check['status'] | Verdict;
  /** One line: what was found, and what to do. */
  readonly line: string;
}

type Status = Case['status'];

/** What each asks of the reader. What is open is no pass: the exit code says so too. */
const levels: Readonly<Record<Status, 'error' | 'warning' | 'none'>> = {
  ...{ missed: 'error', inconclusive: 'error', fail: 'error', warn: 'warning' },
  ...{ held: 'none', measured: 'none', pass: 'none', 'not-run': 'none' },
};

export function levelOf({ status }: Case): 'error' | 'warning' | 'none' {
  return levels[status];
}

/** Gates, checks, and the scan itself where there are no gates, or where its verdict is not good for a reason beyond them. */
export function casesOf({ report }: Result): Case[] {
  const gates = report.gates.map((gate) => gateCase(gate, report));
  const cases = [...gates, ...report.checks.map(checkCase)];
  const told = cases.some((one) => levelOf(one) === 'error');
  const untold = levels[report.verdict] === 'error' && !told;
  return gates.length === 0 || untold ? [scanCase(report), ...cases] : cases;
}

function gateCase(gate: Gate, report: RobustnessReport): Case {
  return { kind: 'gate', id: gate.id, title: gateTitle(gate, report), status: gate.status, line: gateLine(gate, report) };
}

function checkCase(check: Check): Case {
  const { id, title, status, advice } = check;
  return { kind: 'check', id, title, status, line: `${checkFound(check)}. ${advice}`.trim() };
}

function scanCase(report: RobustnessReport): Case {
  return { kind: 'scan', id: 'verdict', title: `${report.measure} under attack`, status: report.verdict, line: sentence(report) };
}
