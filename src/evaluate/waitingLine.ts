import type { Slot } from './slot.ts';

/** Slots in the order they came, in a ring of fixed capacity: nothing is allocated after construction. */
export class WaitingLine {
  length = 0;
  /** Most rows that one slot counts for. */
  private readonly most: number;
  private readonly slots: (Slot | undefined)[];
  private readonly rowsOf: number[];
  private head = 0;
  private waiting = 0;

  constructor(capacity: number, most: number) {
    this.slots = new Array<Slot | undefined>(capacity).fill(undefined);
    this.rowsOf = new Array<number>(capacity).fill(0);
    this.most = most;
  }

  /** Rows that all slots together bring. */
  get rows(): number {
    return this.waiting;
  }

  push(slot: Slot): void {
    if (this.length === this.slots.length) throw new Error(`${this.length} slots are waiting already`);
    const at = (this.head + this.length++) % this.slots.length;
    const rows = Math.min(slot.rows, this.most);
    this.slots[at] = slot;
    this.rowsOf[at] = rows;
    this.waiting += rows;
  }

  shift(): Slot | undefined {
    if (this.length === 0) return undefined;
    const slot = this.slots[this.head];
    this.slots[this.head] = undefined;
    this.waiting -= this.rowsOf[this.head] as number;
    this.head = (this.head + 1) % this.slots.length;
    this.length--;
    return slot;
  }

  /** Takes a slot out of the middle. Linear; for the rare case of a failure. */
  remove(slot: Slot): void {
    for (let n = this.length; n > 0; n--) {
      const next = this.shift() as Slot;
      if (next !== slot) this.push(next);
    }
  }
}
