import type { Answer, PointQuery } from '../core/attack.ts';
import type { Job } from './scheduler.ts';

/** A place in flight: a job and the query it waits on. It stands in at most one line, with its next point. */
export class Slot {
  readonly job: Job;
  /** The next point to ask about; undefined when all are on their way. */
  next: PointQuery | undefined;
  /** The answers to an iterable, in order; undefined for a single query. */
  answers: Answer[] | undefined;
  /** Points of the iterable that came before `next`. */
  asked = 0;
  private answered = 0;
  private points: Iterator<PointQuery> | undefined;
  /** Points of an iterable, where it says. */
  private total: number | undefined;

  constructor(job: Job) {
    this.job = job;
  }

  /** Forgets the query before. */
  clear(): void {
    this.next = this.answers = this.points = undefined;
  }

  open(queries: Iterable<PointQuery>): void {
    this.points = queries[Symbol.iterator]();
    this.total = Array.isArray(queries) ? queries.length : undefined;
    this.answers = [];
    this.asked = this.answered = 0;
    this.next = following(this.points);
  }

  /** `next` has found its row: on to the one after it. */
  moveOn(): void {
    this.next = this.points && following(this.points);
    this.asked++;
  }

  /** Rows that wait here: one, or what is left of an iterable; where that is lazy, as many as it likes. */
  get rows(): number {
    if (!this.points) return 1;
    return this.total === undefined ? Infinity : this.total - this.asked;
  }

  /** Keeps one answer of an iterable; true when it was the last. */
  collect(place: number, answer: Answer): boolean {
    (this.answers as Answer[])[place] = answer;
    return ++this.answered === this.asked && !this.next;
  }
}

function following(points: Iterator<PointQuery>): PointQuery | undefined {
  const result = points.next();
  return result.done ? undefined : result.value;
}
