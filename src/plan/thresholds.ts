import { unknownName, UserError } from '../core/errors.ts';
import { isInNoBall } from '../evaluate/attempt.ts';
import type { Thresholds } from '../evaluate/gates/thresholds.ts';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { ScanRequest } from './plan.ts';

type Name = keyof Thresholds;

/** What each is about, beside the accuracy under one attack. */
const kinds: Readonly<Record<Name, 'clean' | 'attack' | 'worst case' | 'groups'>> = {
  ...{ clean: 'clean', robust: 'attack', worstCase: 'worst case', worstClass: 'worst case', classGap: 'worst case' },
  ...{ worstGroup: 'groups', groupGap: 'groups' },
};

/** What is asked of the figures, checked; attacks go by the labels that they were asked for by. */
export function thresholdsOf(request: ScanRequest, attacks: readonly PlannedAttack[]): Thresholds {
  const { thresholds = {}, atLeast } = request;
  if (!isObject(thresholds)) throw new UserError(`thresholds: expected an object such as { worstCase: 0.4 }, found ${shown(thresholds)}`);
  if (atLeast !== undefined && thresholds.worstCase !== undefined) throw new UserError('atLeast: expected it or thresholds.worstCase, found both');
  const subject = (name: Name) => (name === 'worstCase' && atLeast !== undefined ? 'atLeast' : `thresholds.${name}`);
  const asked: Thresholds = { ...thresholds, ...(atLeast !== undefined && { worstCase: atLeast }) };
  const { robust, ...shares } = asked;
  for (const [name, share] of Object.entries(shares) as [Name, unknown][]) {
    if (!Object.hasOwn(kinds, name)) throw unknownName('threshold', name, Object.keys(kinds));
    if (share === undefined) continue;
    checkShare(subject(name), share);
    checkFit(subject(name), kinds[name], request, attacks);
  }
  return { ...shares, ...(robust !== undefined && { robust: byLabel(robust, attacks) }) };
}

/** Of intervals and answers. */
export function confidenceOf(confidence = 0.95): number {
  if (confidence >= 0.5 && confidence < 1) return confidence;
  throw new UserError(`confidence: expected a share from 0.5 to below 1, found ${confidence}`);
}

function checkShare(subject: string, share: unknown): void {
  if (typeof share === 'number' && share >= 0 && share <= 1) return;
  throw new UserError(`${subject}: expected a share from 0 to 1, found ${shown(share)}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** What it is about must be there. */
function checkFit(subject: string, kind: (typeof kinds)[Name], { labels, groups }: ScanRequest, attacks: readonly PlannedAttack[]): void {
  if (kind === 'clean') {
    if (labels === 'predicted') throw new UserError(`${subject}: expected labels that are given, as with predicted ones the clean figure is 1 by definition`);
  } else if (attacks.every(isInNoBall)) {
    throw new UserError(`${subject}: expected an attack that keeps to the ball, as the worst case is about those, found ${labelsOf(attacks).join(', ')}`);
  }
  if (kind === 'groups' && groups === undefined) throw new UserError(`${subject}: expected together with groups, which say what group each example is of`);
}

/** An attack may be named by its name alone where no other has it. */
function byLabel(robust: unknown, attacks: readonly PlannedAttack[]): Record<string, number> {
  if (!isObject(robust)) throw new UserError(`thresholds.robust: expected a share for each attack, as in { pgd: 0.4 }, found ${shown(robust)}`);
  const floors: Record<string, number> = {};
  for (const [name, share] of Object.entries(robust)) {
    const label = labelFor(name, attacks);
    if (Object.hasOwn(floors, label)) throw new UserError(`thresholds.robust: expected one share for ${label}, found two`);
    checkShare(`thresholds.robust.${name}`, share);
    floors[label] = share as number;
  }
  return floors;
}

function labelFor(name: string, attacks: readonly PlannedAttack[]): string {
  const labels = labelsOf(attacks);
  if (labels.includes(name)) return name;
  const namesakes = labelsOf(attacks.filter(({ attack }) => attack.name === name));
  const [only] = namesakes;
  if (only === undefined) throw unknownName('attack in thresholds.robust', name, labels);
  if (namesakes.length === 1) return only;
  throw new UserError(`thresholds.robust.${name}: expected one of ${namesakes.join(', ')}, as several attacks have that name`);
}

function labelsOf(attacks: readonly PlannedAttack[]): string[] {
  return attacks.map(({ label }) => label);
}
