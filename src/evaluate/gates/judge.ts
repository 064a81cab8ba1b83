import type { Gate } from '../../core/report.ts';
import { share } from '../share.ts';
import { leastThatDecides } from '../statistics.ts';
import { holm } from './holm.ts';
import { accuracy } from './lowest.ts';
import type { Measure, Part } from './measure.ts';
import type { ShareBounds } from './shareBounds.ts';

/** By what bounds gates are judged. */
export interface Rule {
  readonly bounds: ShareBounds;
  /** Of the intervals: each of their ends may be wrong with half of what is missing to 1. */
  readonly confidence: number;
}

export type Judgement = Omit<Gate, 'id' | 'attack'>;

/** Holds a measure of some parts of the samples against a threshold: on which side of it the interval lies decides. */
export function judge(measure: Measure, parts: readonly Part[], threshold: number, rule: Rule): Judgement {
  const of = measure.of(parts);
  const interval = intervalOf(measure, parts, rule);
  const status = against(measure.bound, threshold, interval);
  const where = of.flatMap((part) => part.where ?? []);
  const samples = status === 'inconclusive' ? samplesToDecide(measure, parts, threshold, rule) : undefined;
  const below = status === 'missed' && measure.bound === 'at-least' && where.length > 0 ? surelyBelow(parts, threshold, rule) : undefined;
  return {
    ...{ bound: measure.bound, threshold, figure: measure.figure(of), interval, status },
    ...(where.length > 0 && { where }),
    ...(below && { below }),
    ...(samples !== undefined && { samplesToDecide: samples }),
  };
}

export function statusOf(measure: Measure, parts: readonly Part[], threshold: number, rule: Rule): Gate['status'] {
  return against(measure.bound, threshold, intervalOf(measure, parts, rule));
}

/** What an interval says about a floor or a ceiling. */
export function against(bound: Gate['bound'], threshold: number, [lower, upper]: readonly [number, number]): Gate['status'] {
  const sides = {
    'at-least': { held: lower >= threshold, missed: upper < threshold },
    'at-most': { held: upper <= threshold, missed: lower > threshold },
  }[bound];
  if (sides.held) return 'held';
  return sides.missed ? 'missed' : 'inconclusive';
}

/** Of nothing at all: everything. */
function intervalOf(measure: Measure, parts: readonly Part[], { bounds, confidence }: Rule): readonly [number, number] {
  if (parts.length === 0) return [0, 1];
  return measure.interval(parts, bounds, sideOf(confidence));
}

/** The probability with which one end of an interval may be wrong. */
function sideOf(confidence: number): number {
  return (1 - confidence) / 2;
}

function surelyBelow(parts: readonly Part[], threshold: number, { bounds, confidence }: Rule): (number | string)[] {
  const below = holm(parts, sideOf(confidence), ({ successes, total }, level) => bounds.upper(successes, total, level) < threshold);
  return below.sort((a, b) => accuracy(a) - accuracy(b)).flatMap(({ where }) => where ?? []);
}

/** With the same shares in every part, and as large a part of all in each. */
function samplesToDecide(measure: Measure, parts: readonly Part[], threshold: number, rule: Rule): number | undefined {
  const total = parts.reduce((sum, part) => sum + part.total, 0);
  const scaled = (n: number) => parts.map((part) => scaledTo(part, Math.round(share(part.total, total) * n)));
  return leastThatDecides((n) => statusOf(measure, scaled(n), threshold, rule) !== 'inconclusive', Math.max(1, total));
}

function scaledTo(part: Part, total: number): Part {
  return { ...part, total, successes: Math.round(accuracy(part) * total) };
}
