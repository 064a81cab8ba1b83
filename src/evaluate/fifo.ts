/** A first-in, first-out queue of at most `capacity` items in a ring: nothing is allocated after construction. */
export class Fifo<T> {
  private readonly ring: (T | undefined)[];
  private head = 0;
  length = 0;

  constructor(capacity: number) {
    this.ring = new Array<T | undefined>(capacity).fill(undefined);
  }

  push(item: T): void {
    if (this.length === this.ring.length) throw new Error(`the queue holds ${this.length} items already`);
    this.ring[(this.head + this.length++) % this.ring.length] = item;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.ring[this.head];
    this.ring[this.head] = undefined;
    this.head = (this.head + 1) % this.ring.length;
    this.length--;
    return item;
  }

  /** Takes an item out of the middle. Linear; for the rare case of a failure. */
  remove(item: T): void {
    for (let n = this.length; n > 0; n--) {
      const next = this.shift() as T;
      if (next !== item) this.push(next);
    }
  }
}
