import { share } from '../share.ts';
import type { Measure, Part } from './measure.ts';

/**
 * The accuracy of the part that has the lowest. That all lie above a floor is shown by all their lower bounds, each at
 * alpha: the true lowest is one of them. That some part lies below it is shown by one upper bound among many, each at
 * alpha over their number. Of one part both are its own.
 */
export const lowest: Measure = {
  bound: 'at-least',
  of: (parts) => [extreme(parts, (one, other) => accuracy(one) < accuracy(other))],
  figure: (of) => Math.min(...of.map(accuracy)),
  interval: (parts, bounds, alpha) => [
    least(parts, ({ successes, total }) => bounds.lower(successes, total, alpha)),
    least(parts, ({ successes, total }) => bounds.upper(successes, total, alpha / parts.length)),
  ],
};

export function accuracy({ successes, total }: Part): number {
  return share(successes, total);
}

/** The first for which no other is more so. */
export function extreme(parts: readonly Part[], isMore: (one: Part, other: Part) => boolean): Part {
  return parts.reduce((most, one) => (isMore(one, most) ? one : most));
}

export function least(parts: readonly Part[], valueOf: (part: Part) => number): number {
  return parts.reduce((smallest, part) => Math.min(smallest, valueOf(part)), Infinity);
}
