import type { NamedPairs, PairedFigure } from '../core/comparison.ts';
import type { mcnemarTest } from './mcnemar.ts';
import type { Right, Samples } from './outcomes.ts';
import { pairedInterval } from './pairedInterval.ts';
import { share } from './share.ts';
import type { Interval } from './statistics.ts';

/** What the figures of a comparison are made with. */
export interface Statistics {
  readonly interval: Interval;
  readonly test: Awaited<ReturnType<typeof mcnemarTest>>;
  /** Of the paired intervals. */
  readonly confidence: number;
}

/** The same question asked of two scans. */
export interface Pairing {
  readonly before: Right;
  readonly after: Right;
}

/** Samples by which of the two scans got them right. */
interface Counts {
  both: number;
  won: number;
  lost: number;
  neither: number;
}

export function pairedFigure(places: Iterable<number>, pairing: Pairing, statistics: Statistics): PairedFigure {
  return figureOf(countPairs(places, pairing), statistics);
}

/** The same over all samples, with the ids of those that differ. */
export function namedPairs({ ids }: Samples, pairing: Pairing, statistics: Statistics): NamedPairs {
  const { before, after } = pairing;
  const idsWhere = (chosen: (place: number) => boolean) => ids.filter((_, place) => chosen(place)).sort((a, b) => a - b);
  return {
    ...pairedFigure(ids.keys(), pairing, statistics),
    wonIds: idsWhere((place) => !before(place) && after(place)),
    lostIds: idsWhere((place) => before(place) && !after(place)),
  };
}

function countPairs(places: Iterable<number>, { before, after }: Pairing): Counts {
  const counts = { both: 0, won: 0, lost: 0, neither: 0 };
  for (const place of places) {
    const [was, is] = [before(place), after(place)];
    counts[was && is ? 'both' : is ? 'won' : was ? 'lost' : 'neither']++;
  }
  return counts;
}

function figureOf({ both, won, lost, neither }: Counts, { interval, test, confidence }: Statistics): PairedFigure {
  const total = both + won + lost + neither;
  const side = (correct: number) => ({ accuracy: share(correct, total), correct, interval: interval(correct, total) });
  return {
    total,
    before: side(both + lost),
    after: side(both + won),
    change: share(won - lost, total),
    interval: pairedInterval({ lost: won, won: lost, total }, confidence),
    p: test(lost, won).either,
    won,
    lost,
  };
}

/** The places of each label's samples, labels ascending. */
export function placesByLabel(samples: Samples): [label: number, places: number[]][] {
  const places = new Map<number, number[]>();
  for (const place of samples.ids.keys()) {
    const label = samples.labelAt(place);
    const ofLabel = places.get(label);
    if (ofLabel) ofLabel.push(place);
    else places.set(label, [place]);
  }
  return [...places].sort(([a], [b]) => a - b);
}
