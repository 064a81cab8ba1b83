import type { SecondLook } from '../again/secondLook.ts';
import { notRun, pass } from './rule.ts';
import type { Evidence, Finding } from './rule.ts';

/** What is to be said of a second look at the survivors; that it was not taken, or found nobody to look at. */
export function onSurvivors({ again }: Evidence, judge: (look: SecondLook) => Finding): Finding {
  if (!again) return notRun('Ask for extra runs with --checks full.');
  return again.looked === 0 ? pass(0, 'Nothing survived that could be looked at again.') : judge(again);
}

/** `12 of 64 survivors`, and of how many those are some. */
export function ofSurvivors(count: number, { looked, survivors }: SecondLook): string {
  return `${count} of ${looked === survivors ? '' : 'some '}${looked} survivors`;
}

/** The share of all examples that so many of those looked at stand for. */
export function shareOfAll(count: number, { looked, survivors }: SecondLook, { total }: Pick<Evidence, 'total'>): number {
  return total === 0 ? 0 : (count / looked) * (survivors / total);
}
