import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import type { Sample } from '../core/sample.ts';
import { exampleOf } from '../evaluate/example.ts';
import type { Example } from '../evaluate/example.ts';

/** The examples of a scan, checked against the model as they stream by; what went through is counted and hashed. */
export class ExampleSource {
  /** Examples per label. */
  readonly histogram: number[];
  /** Examples that are in the wanted class already, and were left out. */
  skipped = 0;
  private readonly samples: AsyncIterator<Sample>;
  private readonly spec: string;
  private readonly classes: number;
  private readonly target: number | undefined;
  private readonly hash: Hash = createHash('sha256');
  /** Read before the scan began, and not handed out yet. */
  private ahead: Example[] = [];

  constructor(samples: AsyncIterable<Sample>, about: { spec: string; classes: number; target: number | undefined }) {
    this.samples = samples[Symbol.asyncIterator]();
    this.spec = about.spec;
    this.classes = about.classes;
    this.target = about.target;
    this.histogram = new Array<number>(about.classes).fill(0);
  }

  /** The first examples, at most `count`. They still take their turn. */
  async peek(count: number): Promise<readonly Example[]> {
    while (this.ahead.length < count) {
      const example = await this.read();
      if (!example) break;
      this.ahead.push(example);
    }
    return this.ahead;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Example, void> {
    try {
      for (;;) {
        const example = this.ahead.shift() ?? (await this.read());
        if (!example) return;
        this.note(example);
        yield example;
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.samples.return?.();
  }

  /** Of the labels and values handed out, in order. */
  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  private async read(): Promise<Example | undefined> {
    for (;;) {
      const next = await this.samples.next();
      if (next.done) return undefined;
      this.checkLabel(next.value);
      if (next.value.y !== this.target) return exampleOf(next.value);
      this.skipped++;
    }
  }

  private checkLabel({ id, y }: Sample): void {
    if (Number.isInteger(y) && y >= 0 && y < this.classes) return;
    throw new UserError(`${this.spec}: example ${id} has label ${y}, expected 0 to ${this.classes - 1} as the model has ${this.classes} classes`);
  }

  private note({ x, y }: Example): void {
    this.histogram[y] = (this.histogram[y] ?? 0) + 1;
    this.hash.update(Int32Array.of(y)).update(x);
  }
}
