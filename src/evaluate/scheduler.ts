import type { Answer, PointQuery, Query } from '../core/attack.ts';
import type { Gradients, Oracle, Predictions } from '../core/oracle.ts';
import { Batch } from './batch.ts';
import { Fifo } from './fifo.ts';
import type { Ledger } from './ledger.ts';
import { argmax, isUseful } from './prediction.ts';
import { RowViews } from './rowViews.ts';

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

/** Asked through which graph; each kind has its own queue. */
type Kind = 'forward' | 'gradient';
const kinds = { label: 'forward', scores: 'forward', gradient: 'gradient' } as const;

/** After so many batches of the other kind a waiting query is served even in a batch that is not full. */
const patience = 32;

/** One job in flight. It is in at most one queue, with its next point. */
export interface Slot {
  readonly job: Job;
  next: PointQuery | undefined;
  /** Where the next points come from, when the job yielded an iterable. */
  points: Iterator<PointQuery> | undefined;
  /** The answers to an iterable, in order; undefined for a single query. */
  answers: Answer[] | undefined;
  /** Points of an iterable so far. */
  asked: number;
  answered: number;
}

/** One batch's answers, by row. */
interface Rows {
  readonly logits: readonly Float32Array[];
  readonly loss: Float32Array | undefined;
  readonly gradient: readonly Float32Array[] | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
const nothing = new Float32Array(0);
const blank = (): Mutable<Answer> => ({ label: -1, fooled: false, logits: nothing, loss: NaN, gradient: nothing });

class Scheduler {
  private readonly oracle: Oracle;
  private readonly jobs: AsyncIterator<Job>;
  private readonly inFlight: number;
  private readonly signal: AbortSignal | undefined;
  private readonly queues: Record<Kind, Fifo<Slot>>;
  private readonly passedOver: Record<Kind, number> = { forward: 0, gradient: 0 };
  private readonly batch: Batch;
  private readonly logits: RowViews;
  private readonly gradients: RowViews;
  /** Reused for every single query: its fields are valid until the next yield. */
  private readonly answer = blank();
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
    this.queues = { forward: new Fifo(inFlight), gradient: new Fifo(inFlight) };
    this.batch = new Batch(oracle);
    this.logits = new RowViews(oracle.classes);
    this.gradients = new RowViews(oracle.size);
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
      if (this.failure) throw this.failure.error;
      this.resumeWoken();
      this.pull();
      const kind = this.choose();
      // While the source is about to deliver, a batch that is not full is worth the wait.
      if (kind && (!this.pulling || this.queues[kind].length >= this.oracle.batchSize)) await this.runBatch(kind);
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

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.ring();
  }

  private start(job: Job): void {
    this.active++;
    this.advance({ job, next: undefined, points: undefined, answers: undefined, asked: 0, answered: 0 }, this.answer);
  }

  private resumeWoken(): void {
    if (this.woken.length === 0) return;
    const woken = this.woken;
    this.woken = [];
    for (const wait of woken) {
      if ('error' in wait) this.throwInto(wait.slot, wait.error);
      else this.advance(wait.slot, blank());
    }
  }

  /** The fuller queue, unless the other one has been passed over too often. */
  private choose(): Kind | undefined {
    const { forward, gradient } = this.queues;
    if (forward.length === 0 && gradient.length === 0) return undefined;
    const fuller: Kind = forward.length > gradient.length ? 'forward' : 'gradient';
    const other: Kind = fuller === 'forward' ? 'gradient' : 'forward';
    const chosen = this.passedOver[other] >= patience ? other : fuller;
    const left: Kind = chosen === 'forward' ? 'gradient' : 'forward';
    this.passedOver[chosen] = 0;
    if (this.queues[left].length > 0) this.passedOver[left]++;
    return chosen;
  }

  private async runBatch(kind: Kind): Promise<void> {
    const { batch, oracle } = this;
    const started = performance.now();
    this.fill(kind);
    if (batch.rows === 0) return;
    if (kind === 'gradient') this.deliver(started, await oracle.gradient(batch.points, batch.losses, batch.rows));
    else this.deliver(started, await oracle.predict(batch.points, batch.rows));
  }

  private fill(kind: Kind): void {
    const queue = this.queues[kind];
    this.batch.clear();
    while (!this.batch.full) {
      const slot = queue.shift();
      if (!slot) return;
      this.place(slot, kind);
    }
  }

  /** Puts the slot's next points into the batch, as many as fit. One with more to ask goes to the end of its queue. */
  private place(slot: Slot, kind: Kind): void {
    while (slot.next && kinds[slot.next.want] === kind && !this.batch.full) {
      if (!this.copyPoint(slot, slot.next) || !this.nextPoint(slot)) return;
    }
    if (slot.next) this.queues[kinds[slot.next.want]].push(slot);
  }

  /** false: the query was wrong, and the job has been told. */
  private copyPoint(slot: Slot, query: PointQuery): boolean {
    try {
      this.batch.place(slot, query);
      return true;
    } catch (error) {
      this.throwInto(slot, error);
      return false;
    }
  }

  /** Moves on to the iterable's next point; false: getting it failed, and the job has been told. */
  private nextPoint(slot: Slot): boolean {
    slot.next = undefined;
    if (!slot.points) return true;
    slot.asked++;
    try {
      const following = slot.points.next();
      if (!following.done) slot.next = this.checked(following.value);
      return true;
    } catch (error) {
      this.throwInto(slot, error);
      return false;
    }
  }

  /** Hands each row to whoever asked. Resumed jobs queue their next points; the batch is not touched. */
  private deliver(started: number, result: Predictions | Gradients): void {
    const { batch } = this;
    const share = (performance.now() - started) / 1000 / batch.rows;
    const rows = this.rowsOf(result, batch.rows);
    for (let row = 0; row < batch.rows; row++) {
      const slot = batch.slots[row] as Slot;
      const answers = batch.answers[row];
      if (answers !== slot.answers) continue; // the iterable this row belonged to has failed meanwhile
      const { ledger } = slot.job;
      ledger.seconds += share;
      const answer = answers ? blank() : this.answer;
      if (!this.read(answer, ledger, batch.queries[row] as PointQuery, rows, row)) this.throwInto(slot, ledger.failure);
      else if (answers) this.collect(slot, answers, batch.order[row] as number, answer);
      else this.advance(slot, answer);
    }
  }

  private rowsOf(result: Predictions | Gradients, count: number): Rows {
    const logits = this.logits.of(result.logits, count);
    if (!('gradient' in result)) return { logits, loss: undefined, gradient: undefined };
    return { logits, loss: result.loss, gradient: this.gradients.of(result.gradient, count) };
  }

  /** Fills `answer` from one row, and notes it in the ledger; false when a logit is not a number. */
  private read(answer: Mutable<Answer>, ledger: Ledger, query: PointQuery, rows: Rows, row: number): boolean {
    const logits = rows.logits[row] as Float32Array;
    const gradient = rows.gradient?.[row];
    answer.label = argmax(logits);
    if (gradient) ledger.gradientQueries++;
    else ledger.forwardQueries++;
    if (answer.label < 0) {
      ledger.failure = new Error(`the model's logits are not finite: ${logits.slice(0, 10).join(', ')}`);
      return false;
    }
    answer.fooled = ledger.goal !== undefined && ledger.goal.margin(logits) > this.oracle.logitError;
    if (answer.fooled) ledger.onFooled?.(query.at);
    answer.logits = query.want === 'label' ? nothing : logits;
    answer.loss = rows.loss?.[row] ?? NaN;
    answer.gradient = gradient ?? nothing;
    if (gradient && !isUseful(gradient)) ledger.uselessGradients++;
    return true;
  }

  /** Keeps a copy of an iterable's answer; the last one resumes the job. */
  private collect(slot: Slot, answers: Answer[], place: number, answer: Mutable<Answer>): void {
    answer.logits = answer.logits.slice();
    answer.gradient = answer.gradient.slice();
    answers[place] = answer;
    if (++slot.answered === slot.asked && !slot.next) this.advance(slot, answers as unknown as Answer);
  }

  private advance(slot: Slot, answer: Answer): void {
    let result;
    try {
      result = slot.job.run.next(answer);
    } catch (error) {
      return this.fail(error);
    }
    this.accept(slot, result);
  }

  /** Tells the job that its query failed; what the query still had to ask is dropped. */
  private throwInto(slot: Slot, error: unknown): void {
    this.queues.forward.remove(slot);
    this.queues.gradient.remove(slot);
    let result;
    try {
      result = slot.job.run.throw(error);
    } catch (failure) {
      return this.fail(failure);
    }
    this.accept(slot, result);
  }

  /** Queues what the job asks next, or gives its place away. */
  private accept(slot: Slot, result: IteratorResult<Query, void>): void {
    slot.answers = slot.points = slot.next = undefined;
    if (result.done) {
      this.active--;
      return this.ring();
    }
    const query = result.value;
    try {
      if ('want' in query) slot.next = this.checked(query);
      else if ('wait' in query) return this.park(slot, query.wait);
      else this.open(slot, query);
    } catch (error) {
      return this.throwInto(slot, error);
    }
    if (slot.next) this.queues[kinds[slot.next.want]].push(slot);
    else this.advance(slot, [] as unknown as Answer); // an empty iterable
  }

  private open(slot: Slot, queries: Iterable<PointQuery>): void {
    slot.points = queries[Symbol.iterator]();
    slot.answers = [];
    slot.asked = slot.answered = 0;
    const first = slot.points.next();
    if (!first.done) slot.next = this.checked(first.value);
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

  private checked(query: PointQuery): PointQuery {
    const kind = kinds[query.want] as Kind | undefined;
    if (!kind) throw new Error(`an attack asked for '${query.want}': expected ${Object.keys(kinds).join(', ')}`);
    if (query.at.length !== this.oracle.size)
      throw new Error(`an attack asked about ${query.at.length} values: expected ${this.oracle.size}`);
    if (kind === 'gradient' && !this.oracle.differentiable) throw new Error('this model has no gradients');
    return query;
  }
}
