import { accuracy, extreme, least } from './lowest.ts';
import type { Measure } from './measure.ts';

/**
 * How far the part with the highest accuracy is above the one with the lowest. That the gap is small is shown by the
 * highest of the upper bounds and the lowest of the lower ones, each at half of alpha: the two parts between which it
 * truly lies are among them. That it is large takes two bounds picked among all of both kinds: each at alpha over their
 * number.
 */
export const gap: Measure = {
  bound: 'at-most',
  of: (parts) => [extreme(parts, (one, other) => accuracy(one) > accuracy(other)), extreme(parts, (one, other) => accuracy(one) < accuracy(other))],
  figure: ([highest, lowest]) => (highest && lowest ? accuracy(highest) - accuracy(lowest) : 0),
  interval: (parts, { lower, upper }, alpha) => {
    const among = alpha / (2 * parts.length);
    const surely = -least(parts, ({ successes, total }) => -lower(successes, total, among)) - least(parts, ({ successes, total }) => upper(successes, total, among));
    const atMost = -least(parts, ({ successes, total }) => -upper(successes, total, alpha / 2)) - least(parts, ({ successes, total }) => lower(successes, total, alpha / 2));
    return [Math.max(0, surely), atMost];
  },
};
