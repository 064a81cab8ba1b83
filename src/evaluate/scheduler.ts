import type { Answer, PointQuery, Query } from '../core/attack.ts';
import type { Gradients, Oracle, Predictions } from '../core/oracle.ts';
import { Answers, blankAnswer, copied } from './answers.ts';
import { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import { Slot } from './slot.ts';
import { kinds, WaitingLines } from './waitingLines.ts';
import type { Kind } from './waitingLines.ts';

/** A coroutine for the scheduler to drive, and its ledger, which it may replace between two queries. */
export interface Job {
  readonly run: Generator<Query, void, Answer>;
  ledger: Ledger;
}

export interface SchedulerOptions {
  /** Most jobs at once; each has at most one point waiting, so this bounds the rows in flight. Default: two batches. */
  readonly inFlight?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs jobs against one oracle: whoever waits fills the next batch, and a finished job's place is taken at once by the
 * next one of the source, which is pulled only when there is a place. Resolves when every job is done. A job's error,
 * the source's or the oracle's rejects; errors of an attack are the job's to catch.
 */
export function schedule(oracle: Oracle, jobs: AsyncIterator<Job>, options: SchedulerOptions = {}): Promise<void> {
  return new Scheduler(oracle, jobs, options).run();
}

/** A batch is chosen as large as it can be with no more than this share of it empty. */
const mostPadding = 0.25;

class Scheduler {
  private readonly oracle: Oracle;
  private readonly jobs: AsyncIterator<Job>;
  private readonly inFlight: number;
  private readonly signal: AbortSignal | undefined;
  private readonly lines: WaitingLines;
  private readonly batch: Batch;
  private readonly answers: Answers;
  /** Reused for every single query: its fields are valid until the next yield. */
  private readonly answer = blankAnswer();
  /** Waits that are over, to be resumed in the main loop. */
  private woken: { slot: Slot; error?: unknown }[] = [];
  private active = 0;
  private pulling = false;
  private exhausted = false;
  private failure: { error: unknown } | undefined;
  private ring: () => void = () => undefined;

  constructor(oracle: Oracle, jobs: AsyncIterator<Job>, { inFlight = 2 * oracle.batchSize, signal }: SchedulerOptions) {
    this.oracle = oracle;
    this.jobs = jobs;
    this.inFlight = inFlight;
    this.signal = signal;
    this.lines = new WaitingLines(inFlight, oracle.batchSize);
    this.batch = new Batch(oracle);
    this.answers = new Answers(oracle);
  }

  async run(): Promise<void> {
    const ring = () => this.ring();
    this.signal?.addEventListener('abort', ring);
    try {
      await this.loop();
    } finally {
      this.signal?.removeEventListener('abort', ring);
      await this.jobs.return?.();
    }
  }

  private async loop(): Promise<void> {
    for (;;) {
      this.signal?.throwIfAborted();
      this.resumeWoken();
      this.pull();
      if (this.failure) throw this.failure.error;
      const kind = this.lines.next();
      // While the source is about to deliver, a batch that is not full is worth the wait.
      if (kind && (!this.pulling || this.lines.rows(kind) >= this.oracle.batchSize)) await this.runBatch(kind);
      else if (this.pulling || this.active > 0) await new Promise<void>((resolve) => (this.ring = resolve));
      else return;
    }
  }

  /** Asks the source for a job when there is a place for one, and again after each. */
  private pull(): void {
    if (this.pulling || this.exhausted || this.active >= this.inFlight) return;
    this.pulling = true;
    this.jobs.next().then(
      ({ done, value }) => {
        this.pulling = false;
        if (done) this.exhausted = true;
        else this.start(value);
        this.pull();
        this.ring();
      },
      (error: unknown) => this.fail(error),
    );
  }

  private start(job: Job): void {
    this.active++;
    this.resume(new Slot(job), this.answer);
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.ring();
  }

  private resumeWoken(): void {
    if (this.woken.length === 0) return;
    const woken = this.woken;
    this.woken = [];
    for (const wait of woken) {
      if ('error' in wait) this.throwInto(wait.slot, wait.error);
      else this.resume(wait.slot, blankAnswer());
    }
  }

  private async runBatch(kind: Kind): Promise<void> {
    const { batch, oracle } = this;
    const started = performance.now();
    this.lines.serve(kind);
    this.fill(kind);
    if (batch.rows === 0) return; // all that waited turned out to be wrong queries
    if (kind === 'gradient') this.deliver(await oracle.gradient(batch.points, batch.losses, batch.rows, batch.draws), started);
    else this.deliver(await oracle.predict(batch.points, batch.rows, batch.draws), started);
  }

  private fill(kind: Kind): void {
    const most = this.rowsFor(this.lines.rows(kind));
    this.batch.clear();
    while (this.batch.rows < most) {
      const slot = this.lines.shift(kind);
      if (!slot) return;
      this.place(slot, kind, most);
    }
  }

  /** The tail of a run goes in small batches, where a full one would be padding for the most part. */
  private rowsFor(waiting: number): number {
    const { batchSize, batchSizes = [batchSize] } = this.oracle;
    return batchSizes.find((rows) => waiting >= (1 - mostPadding) * rows) ?? batchSizes.at(-1) ?? batchSize;
  }

  /** Puts the slot's next points into the batch, as many as fit. One with more to ask goes to the end of its line. */
  private place(slot: Slot, kind: Kind, most: number): void {
    try {
      while (slot.next && kinds[slot.next.want] === kind && this.batch.rows < most) {
        this.batch.place(slot, slot.next);
        slot.moveOn();
        if (slot.next) this.check(slot.next);
      }
    } catch (error) {
      return this.throwInto(slot, error);
    }
    if (slot.next) this.lines.push(slot, slot.next);
  }

  /** Hands each row to whoever asked. Resumed jobs join the lines; the batch is not touched. */
  private deliver(result: Predictions | Gradients, started: number): void {
    const { batch, answers } = this;
    const share = (performance.now() - started) / 1000 / batch.rows;
    answers.take(result, batch.rows);
    for (let row = 0; row < batch.rows; row++) {
      const slot = batch.slots[row] as Slot;
      if (batch.answers[row] !== slot.answers) continue; // the iterable this row belonged to has failed meanwhile
      const { ledger } = slot.job;
      ledger.seconds += share;
      if (!answers.read(row, batch.queries[row] as PointQuery, ledger, this.answer)) this.throwInto(slot, ledger.failure);
      else if (!slot.answers) this.resume(slot, this.answer);
      else if (slot.collect(batch.order[row] as number, copied(this.answer))) this.resumeWith(slot, slot.answers);
    }
  }

  private resume(slot: Slot, answer: Answer): void {
    let result;
    try {
      result = slot.job.run.next(answer);
    } catch (error) {
      return this.fail(error);
    }
    this.accept(slot, result);
  }

  /** TypeScript has one type for all that a generator receives; `together` in core/attack.ts has the other. */
  private resumeWith(slot: Slot, answers: readonly Answer[]): void {
    this.resume(slot, answers as unknown as Answer);
  }

  /** Tells the job that its query failed; what the query still had to ask is dropped. */
  private throwInto(slot: Slot, error: unknown): void {
    this.lines.remove(slot);
    let result;
    try {
      result = slot.job.run.throw(error);
    } catch (failure) {
      return this.fail(failure);
    }
    this.accept(slot, result);
  }

  /** Lines up for what the job asks next, or gives its place away. */
  private accept(slot: Slot, result: IteratorResult<Query, void>): void {
    slot.clear();
    if (result.done) {
      this.active--;
      return this.ring();
    }
    const query = result.value;
    try {
      if ('wait' in query) return this.park(slot, query.wait);
      if ('want' in query) slot.next = query;
      else slot.open(query);
      if (slot.next) this.check(slot.next);
    } catch (error) {
      return this.throwInto(slot, error);
    }
    if (slot.next) this.lines.push(slot, slot.next);
    else this.resumeWith(slot, []); // an empty iterable
  }

  private park(slot: Slot, wait: Promise<unknown>): void {
    const wake = (entry: { slot: Slot; error?: unknown }) => {
      this.woken.push(entry);
      this.ring();
    };
    wait.then(
      () => wake({ slot }),
      (error: unknown) => wake({ slot, error }),
    );
  }

  private check(query: PointQuery): void {
    const kind = kinds[query.want] as Kind | undefined;
    if (!kind) throw new Error(`an attack asked for '${query.want}': expected ${Object.keys(kinds).join(', ')}`);
    if (query.at.length !== this.oracle.size)
      throw new Error(`an attack asked about ${query.at.length} values: expected ${this.oracle.size}`);
    if (kind === 'gradient' && !this.oracle.differentiable) throw new Error('this model has no gradients');
  }
}
