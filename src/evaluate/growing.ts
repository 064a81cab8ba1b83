type Numbers = Uint8Array | Int32Array | Float64Array;

/** A typed array that doubles when it is full: a few bytes for each number, however many there are. */
export class Growing<T extends Numbers> {
  length = 0;
  private values: T;
  private readonly make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.make = make;
    this.values = make(1024);
  }

  /** 0 where nothing was set. */
  at(index: number): number {
    return this.values[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.values.length) this.grow(index + 1);
    this.values[index] = value;
    if (index >= this.length) this.length = index + 1;
  }

  push(value: number): void {
    this.set(this.length, value);
  }

  /** What there is, in ascending order. */
  sorted(): T {
    return this.values.slice(0, this.length).sort() as T;
  }

  private grow(least: number): void {
    const { values } = this;
    this.values = this.make(Math.max(least, 2 * values.length));
    this.values.set(values);
  }
}
