import type { Answer, PointQuery } from '../core/attack.ts';
import { encodeLoss, lossRows } from '../core/losses.ts';
import type { LossRows } from '../core/losses.ts';
import type { Oracle } from '../core/oracle.ts';
import type { Random } from '../core/random.ts';
import { drawFor } from './ledger.ts';
import type { Slot } from './slot.ts';

/** The batch being filled or answered: the oracle's input arrays, and for each row who asked what. Made once. */
export class Batch {
  readonly points: Float32Array;
  readonly losses: LossRows;
  /** Where each row's random numbers come from; undefined for a model that draws none. */
  readonly draws: Random[] | undefined;
  readonly slots: Slot[] = [];
  readonly queries: PointQuery[] = [];
  /** The iterable's answers that a row belongs to, and its place there. */
  readonly answers: (Answer[] | undefined)[] = [];
  readonly order: number[] = [];
  rows = 0;
  private readonly size: number;
  private readonly classes: number;

  constructor({ batchSize, size, classes, random }: Oracle) {
    this.size = size;
    this.classes = classes;
    this.points = new Float32Array(batchSize * size);
    this.losses = lossRows(batchSize, classes);
    this.draws = random ? [] : undefined;
  }

  clear(): void {
    this.rows = 0;
  }

  /** Throws, and takes nothing, when the query's loss cannot be encoded. */
  place(slot: Slot, query: PointQuery): void {
    const row = this.rows;
    const { ledger } = slot.job;
    this.points.set(query.at, row * this.size);
    ledger.restraint?.snap(this.points.subarray(row * this.size, (row + 1) * this.size));
    if (query.want === 'gradient') {
      const loss = query.loss ?? ledger.goal?.loss;
      if (!loss) throw new Error('a gradient was asked for without a loss or a goal');
      encodeLoss(loss, this.losses, row, this.classes);
    }
    if (this.draws) this.draws[row] = drawFor(ledger, query.draw);
    this.slots[row] = slot;
    this.queries[row] = query;
    this.answers[row] = slot.answers;
    this.order[row] = slot.asked;
    this.rows++;
  }
}
