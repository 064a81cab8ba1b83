import type { Check } from '../core/report.ts';
import { again } from './checks/again.ts';
import { coverage } from './checks/coverage.ts';
import { integrity } from './checks/integrity.ts';
import { model } from './checks/model.ts';
import type { Evidence } from './checks/rule.ts';
import { strength } from './checks/strength.ts';

export type { AttackEvidence, Evidence } from './checks/rule.ts';

/** Every check there was something to check for, in a fixed order. */
export function runChecks(evidence: Evidence): Check[] {
  return [...integrity, ...strength, ...model, ...again, ...coverage].flatMap(({ id, title, check }) => {
    const finding = check(evidence);
    return finding ? [{ id, title, ...finding }] : [];
  });
}
