import type { RobustnessReport } from '../core/report.ts';
import type { Aggregator } from '../evaluate/aggregator.ts';
import { statusesOf } from '../evaluate/gates/gatesOf.ts';
import { anytime } from '../evaluate/sequential/anytime.ts';
import { isLook } from '../evaluate/sequential/isLook.ts';
import { LossWatch } from '../evaluate/sequential/lossWatch.ts';
import { SampleOrder } from '../evaluate/sequential/sampleOrder.ts';
import type { Timed } from '../evaluate/sequential/sampleOrder.ts';
import { withUnseen } from '../evaluate/sequential/withUnseen.ts';
import type { Parts } from '../evaluate/sequential/withUnseen.ts';
import type { HashedExample } from './exampleSource.ts';
import { HashOfHashes } from './hashOfHashes.ts';
import type { Plan } from './plan.ts';
import type { Subject } from './subject.ts';

/** What came of a sequential scan: a report is of its first samples, in the order of the seed. */
export interface SequentialOutcome {
  readonly report: NonNullable<RobustnessReport['sequential']>;
  /** Of a scan that does not stop and has the same examples. */
  readonly plan: Plan;
  readonly ids: ReadonlySet<number>;
  readonly sha256: string;
  /** Classes and groups that gates are about, be they among the samples or not. */
  readonly parts: Parts;
}

/**
 * Counts samples in the order in which they were handed out, whichever are finished first, and ends the scan when its
 * gates are settled: none is open, or one is missed. What is counted is so a function of the seed, not of time.
 */
export class Sequence {
  private readonly plan: Plan;
  private readonly subject: Subject;
  private readonly aggregator: Aggregator;
  private readonly order: SampleOrder<HashedExample>;
  private readonly loss: LossWatch | undefined;
  private readonly ids = new Set<number>();
  private readonly hashes = new HashOfHashes();
  private limit = 0;
  private readonly over = new AbortController();
  private failure: { readonly error: unknown } | undefined;

  /** `records`: of each sample. */
  constructor(plan: Plan, subject: Subject, { aggregator, records }: { readonly aggregator: Aggregator; readonly records: number }) {
    this.plan = plan;
    this.subject = subject;
    this.aggregator = aggregator;
    this.order = new SampleOrder(records, (sample, own) => this.count(sample, own));
    this.loss = plan.scanBefore && new LossWatch(plan.scanBefore, plan.confidence);
  }

  /** Aborted when the gates are settled. */
  get settled(): AbortSignal {
    return this.over.signal;
  }

  add(record: Timed['record'], seconds: number): void {
    this.order.add(record, seconds);
  }

  /** The same examples. One that cannot be read counts when its turn has come, which it may never: not before. */
  async *handedOut(source: AsyncIterable<HashedExample>): AsyncGenerator<HashedExample, void> {
    try {
      for await (const example of source) {
        this.order.handOut(example);
        yield example;
        if (this.settled.aborted) return;
      }
    } catch (error) {
      this.failure = { error };
    }
  }

  /** Resolves when the scan has run to its end, or the gates are settled. */
  async follow(run: Promise<void>): Promise<void> {
    try {
      await run;
    } catch (error) {
      if (!this.settled.aborted || error !== this.settled.reason) throw error;
    }
    if (this.failure && !this.settled.aborted) throw this.failure.error;
  }

  /** `of`: examples there were to come. */
  outcome(of: number): SequentialOutcome {
    const { plan, ids, hashes, parts } = this;
    const stopped = this.settled.aborted;
    const { shuffle = false } = plan.selection;
    const asked = { ...plan.asked, shuffle, ...(stopped && { limit: this.limit }) };
    return { report: { stopped, samples: ids.size, of }, plan: { ...plan, asked }, ids, sha256: hashes.digest(), parts };
  }

  private get parts(): Parts {
    const { model, groups } = this.subject;
    return { classes: model.classes, groups: groups?.names };
  }

  private count(sample: HashedExample, records: readonly Timed[]): void {
    if (this.settled.aborted) return;
    for (const { record, seconds } of records) this.aggregator.add(record, seconds);
    this.ids.add(sample.id);
    this.hashes.add(sample.hash);
    this.limit = sample.place;
    this.loss?.add(sample.id, sample.hash, this.aggregator.isRobust(sample.id));
    if (isLook(this.ids.size) && this.isSettled()) this.over.abort(new Error('the gates are settled'));
  }

  private isSettled(): boolean {
    const { attacks, thresholds, confidence } = this.plan;
    const figures = withUnseen(this.aggregator.figures(noInterval), this.parts);
    const labels = attacks.map(({ label }) => label);
    const statuses = statusesOf({ threat: { epsilon: this.subject.epsilon }, ...figures }, labels, thresholds, { bounds: anytime, confidence });
    if (this.loss) statuses.push(this.loss.status());
    return statuses.includes('missed') || !statuses.includes('inconclusive');
  }
}

/** Gates make their own. */
const noInterval = () => [0, 1] as const;
