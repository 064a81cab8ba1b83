import type { RobustnessReport, Verdict } from '../core/report.ts';
import { gateLine } from '../report/gateText.ts';
import { printable } from '../report/printable.ts';
import { scanCommand } from '../report/scanCommand.ts';

/** What vitest takes of a matcher. */
export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Held passes, missed fails; what is inconclusive fails either way, also where the opposite is expected. Says the
 * figures, why, and how to see them again.
 */
export function matched(verdict: Verdict, isNot: boolean, claim: string, report: RobustnessReport, more: readonly string[] = []): Matched {
  const lines = [
    `expected ${report.model.path} ${isNot ? 'not ' : ''}${claim}: ${verdict}`,
    ...report.gates.map((gate) => gateLine(gate, report)),
    ...report.checks.filter(({ status }) => status === 'fail').map(({ title, advice }) => `failed check: ${title}. ${advice}`),
    ...more,
    `seed ${report.seed}, ${report.dataset.examples} examples of ${report.dataset.spec}`,
    `reproduce: ${scanCommand(report.request)}`,
  ];
  const pass = verdict === 'held' || (isNot && verdict !== 'missed');
  return { pass, message: () => lines.map(printable).join('\n  ') };
}
