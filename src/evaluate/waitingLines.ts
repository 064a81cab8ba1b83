import type { PointQuery } from '../core/attack.ts';
import type { Slot } from './slot.ts';
import { WaitingLine } from './waitingLine.ts';

/** Asked through which graph. */
export type Kind = 'forward' | 'gradient';
export const kinds: Readonly<Record<PointQuery['want'], Kind>> = { label: 'forward', scores: 'forward', gradient: 'gradient' };

/** After so many batches of the other kind a line is served even if it is the shorter one. */
const patience = 32;

/** The two lines in which slots wait, one for each graph, and which is served next. */
export class WaitingLines {
  private readonly lines: Readonly<Record<Kind, WaitingLine>>;
  private readonly passedOver: Record<Kind, number> = { forward: 0, gradient: 0 };

  constructor(capacity: number, batchSize: number) {
    this.lines = { forward: new WaitingLine(capacity, batchSize), gradient: new WaitingLine(capacity, batchSize) };
  }

  push(slot: Slot, query: PointQuery): void {
    this.lines[kinds[query.want]].push(slot);
  }

  shift(kind: Kind): Slot | undefined {
    return this.lines[kind].shift();
  }

  remove(slot: Slot): void {
    this.lines.forward.remove(slot);
    this.lines.gradient.remove(slot);
  }

  rows(kind: Kind): number {
    return this.lines[kind].rows;
  }

  /** The longer line, unless the other has been passed over too often; undefined when nobody waits. */
  next(): Kind | undefined {
    const { forward, gradient } = this.lines;
    if (forward.length + gradient.length === 0) return undefined;
    const [longer, shorter]: [Kind, Kind] = forward.rows > gradient.rows ? ['forward', 'gradient'] : ['gradient', 'forward'];
    return this.passedOver[shorter] >= patience ? shorter : longer;
  }

  /** Remembers who was served and who had to wait. */
  serve(kind: Kind): void {
    const other: Kind = kind === 'forward' ? 'gradient' : 'forward';
    this.passedOver[kind] = 0;
    this.passedOver[other] = this.lines[other].length > 0 ? this.passedOver[other] + 1 : 0;
  }
}
