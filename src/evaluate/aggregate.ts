import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';
import type { AttackRow, RobustnessReport } from '../core/report.ts';
import type { Interval } from './statistics.ts';

/** An attack as it was asked for, and how its records are told from others'. */
export interface AskedAttack {
  readonly label: string;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Threat {
  readonly norm: Norm;
  readonly epsilon: number;
}

export type Aggregate = Pick<RobustnessReport, 'clean' | 'attacks' | 'worstCase' | 'perClass'>;

/** From records to the figures of the report, each as report.ts defines it. The order of the records does not matter. */
export function aggregate(
  records: readonly SampleRecord[],
  asked: readonly AskedAttack[],
  threat: Threat,
  seconds: ReadonlyMap<string, number>,
  interval: Interval,
): Aggregate {
  const byAttack = groupBy(records, ({ attack }) => attack);
  const samples = worstOutcomes(records);
  const correct = count(samples, ({ cleanCorrect }) => cleanCorrect);
  const robust = count(samples, (sample) => sample.robust);
  return {
    clean: {
      accuracy: share(correct, samples.length),
      correct,
      total: samples.length,
      interval: interval(correct, samples.length),
    },
    attacks: asked.map(({ label, name, options }) => ({
      name,
      options,
      ...threat,
      ...attackFigures(byAttack.get(label) ?? [], threat.norm, interval),
      seconds: seconds.get(label) ?? 0,
    })),
    worstCase: { robustAccuracy: share(robust, samples.length), interval: interval(robust, samples.length) },
    perClass: perClass(samples),
  };
}

type Figures = Omit<AttackRow, 'name' | 'options' | 'norm' | 'epsilon' | 'seconds'>;

function attackFigures(records: readonly SampleRecord[], norm: Norm, interval: Interval): Figures {
  const correct = records.filter(isCleanCorrect);
  const survived = count(records, ({ outcome }) => outcome === 'survived');
  const targeted = correct.some(({ target }) => target !== undefined);
  const reached = count(correct, ({ outcome, target, adversarial }) => outcome === 'broken' && adversarial === target);
  return {
    robustAccuracy: share(survived, records.length),
    interval: interval(survived, records.length),
    successRate: share(count(correct, isBroken), correct.length),
    ...(targeted && { targetedSuccessRate: share(reached, correct.length) }),
    medianDistance: median(correct.map((record) => (isBroken(record) ? (record.distances?.[norm] ?? NaN) : Infinity))),
    gradientQueries: sum(records, ({ gradientQueries }) => gradientQueries),
    forwardQueries: sum(records, ({ forwardQueries }) => forwardQueries),
    errors: count(records, ({ outcome }) => outcome === 'error'),
  };
}

interface WorstOutcome {
  readonly label: number;
  readonly cleanCorrect: boolean;
  /** It survived every attack. */
  readonly robust: boolean;
}

/** Per sample, the minimum over the attacks. */
function worstOutcomes(records: readonly SampleRecord[]): WorstOutcome[] {
  return [...groupBy(records, ({ id }) => id).values()].flatMap((ofSample) => {
    const [first] = ofSample;
    if (!first) return [];
    const robust = ofSample.every(({ outcome }) => outcome === 'survived');
    return [{ label: first.label, cleanCorrect: isCleanCorrect(first), robust }];
  });
}

function perClass(samples: readonly WorstOutcome[]): Aggregate['perClass'] {
  return [...groupBy(samples, ({ label }) => label)]
    .sort(([a], [b]) => a - b)
    .map(([label, ofClass]) => ({
      label,
      total: ofClass.length,
      cleanAccuracy: share(count(ofClass, ({ cleanCorrect }) => cleanCorrect), ofClass.length),
      robustAccuracy: share(count(ofClass, ({ robust }) => robust), ofClass.length),
    }));
}

function isCleanCorrect({ clean, label }: SampleRecord): boolean {
  return clean === label;
}

function isBroken({ outcome }: SampleRecord): boolean {
  return outcome === 'broken';
}

/** The middle value; of an even number the mean of the two middle ones. null when that is infinite or there is none. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  const middle = ((low ?? Infinity) + (high ?? Infinity)) / 2;
  return Number.isFinite(middle) ? middle : null;
}

function groupBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function count<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return sum(items, (item) => Number(holds(item)));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** 0 of 0 is 0: nothing was shown. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
