import type { Comparison } from '../../core/comparison.ts';
import { worstCaseSeries } from '../../core/report.ts';
import { isInNoBall } from '../../evaluate/attempt.ts';
import type { Fared, Right, Samples } from '../../evaluate/outcomes.ts';
import { namedPairs, pairedFigure, placesByLabel } from '../../evaluate/pairedFigures.ts';
import type { Pairing, Statistics } from '../../evaluate/pairedFigures.ts';
import type { PlannedAttack } from '../../evaluate/trial.ts';
import { epsilonsIn, epsilonsOfAttack } from './comparableScan.ts';
import type { ComparableScan } from './comparableScan.ts';

/** The outcomes of both, and what figures are made with. */
interface Found {
  readonly samples: Samples;
  readonly before: Fared;
  readonly after: Fared;
  readonly statistics: Statistics;
}

/** The figures of two scans, pair by pair, for everything that was asked of them. */
export class ScanPairs {
  private readonly scan: ComparableScan;
  private readonly found: Found;

  /** `scan` is either of the two: they were asked the same. */
  constructor(scan: ComparableScan, found: Found) {
    this.scan = scan;
    this.found = found;
  }

  clean(): Comparison['clean'] {
    return this.named(clean);
  }

  worstCase(): Comparison['worstCase'] {
    return this.hasWorstCase ? this.named(worst) : undefined;
  }

  attacks(): Comparison['attacks'] {
    const { attacks, identity } = this.scan;
    const atLargest = attacks.filter(({ epsilon }) => epsilon === undefined || epsilon === identity.epsilon);
    return atLargest.map((planned) => {
      const budget = isInNoBall(planned) ? ({ norm: 'none', epsilon: null } as const) : { norm: identity.norm, epsilon: identity.epsilon };
      return { attack: planned.series ?? planned.label, ...budget, ...this.under(planned, identity.epsilon) };
    });
  }

  curve(): NonNullable<Comparison['curve']> {
    const epsilons = epsilonsIn(this.scan.report);
    const inBall = this.scan.attacks.filter((planned) => !isInNoBall(planned));
    const ofAttacks = inBall.flatMap((planned) =>
      epsilonsOfAttack(planned, this.scan).map((epsilon) => ({ attack: planned.series ?? planned.label, epsilon, ...this.under(planned, epsilon) })),
    );
    if (!this.hasWorstCase) return ofAttacks;
    const ofAll = epsilons.map((epsilon) => ({ attack: worstCaseSeries, epsilon, ...this.over((outcomes) => outcomes.rightUnderAll(epsilon)) }));
    return [...ofAttacks, ...ofAll];
  }

  perClass(): NonNullable<Comparison['perClass']> {
    return placesByLabel(this.found.samples).map(([label, places]) => ({
      label,
      clean: this.over(clean, places),
      ...(this.hasWorstCase && { worstCase: this.over(worst, places) }),
    }));
  }

  private get hasWorstCase(): boolean {
    return !this.scan.attacks.every(isInNoBall);
  }

  private under({ label }: PlannedAttack, epsilon: number) {
    return this.over((outcomes) => outcomes.rightUnder(label, epsilon));
  }

  private named(question: Question) {
    return namedPairs(this.found.samples, this.pairing(question), this.found.statistics);
  }

  private over(question: Question, places: Iterable<number> = this.found.samples.ids.keys()) {
    return pairedFigure(places, this.pairing(question), this.found.statistics);
  }

  private pairing(question: Question): Pairing {
    return { before: question(this.found.before), after: question(this.found.after) };
  }
}

type Question = (outcomes: Fared) => Right;
const clean: Question = (outcomes) => outcomes.rightWithoutAttack();
const worst: Question = (outcomes) => outcomes.rightUnderAll();
