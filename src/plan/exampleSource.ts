import { hash } from 'node:crypto';
import type { Columns } from '../core/dataset.ts';
import { UserError } from '../core/errors.ts';
import type { Sample } from '../core/sample.ts';
import { exampleOf } from '../evaluate/example.ts';
import type { Example } from '../evaluate/example.ts';
import { HashOfHashes } from './hashOfHashes.ts';

/** What the examples are checked against. */
interface Expected {
  readonly spec: string;
  /** The model's. */
  readonly classes: number;
  /** Predicted: the data's own do not matter, and are set to 0. */
  readonly labels: 'given' | 'predicted';
  /** The class that a targeted scan wants. */
  readonly target: number | undefined;
  readonly columns?: Columns | undefined;
}

/** An example, and how many were read up to it, itself and those left out among them. */
interface PlacedExample extends Example {
  readonly place: number;
}

/** The same, and what tells it from any other: the beginning of the SHA-256 of its label and values. */
export interface HashedExample extends PlacedExample {
  readonly hash: string;
}

/** The examples of a scan, checked against the model as they stream by; what went through is counted and hashed. */
export class ExampleSource {
  /** Examples per label. */
  readonly histogram: number[];
  /** Examples that are in the wanted class already, and were left out. */
  skipped = 0;
  private readonly samples: AsyncIterator<Sample>;
  private readonly spec: string;
  private readonly classes: number;
  private readonly labels: Expected['labels'];
  private readonly target: number | undefined;
  private readonly columns: Columns | undefined;
  private readonly hashes = new HashOfHashes();
  private hashed = new Float32Array(0);
  private place = 0;
  /** Read before the scan began, and not handed out yet. */
  private ahead: PlacedExample[] = [];

  constructor(samples: AsyncIterable<Sample>, about: Expected) {
    this.samples = samples[Symbol.asyncIterator]();
    this.spec = about.spec;
    this.classes = about.classes;
    this.labels = about.labels;
    this.target = about.target;
    this.columns = about.columns;
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

  async *[Symbol.asyncIterator](): AsyncGenerator<HashedExample, void> {
    try {
      for (;;) {
        const example = this.ahead.shift() ?? (await this.read());
        if (!example) return;
        yield this.note(example);
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.samples.return?.();
  }

  /** Of the hashes of the examples handed out, in order. */
  sha256(): string {
    return this.hashes.digest();
  }

  private async read(): Promise<PlacedExample | undefined> {
    for (;;) {
      const next = await this.samples.next();
      if (next.done) return undefined;
      this.place++;
      if (this.labels === 'predicted') return this.checked(exampleOf({ ...next.value, y: 0 }));
      this.checkLabel(next.value);
      if (next.value.y !== this.target) return this.checked(exampleOf(next.value));
      this.skipped++;
    }
  }

  private checkLabel({ id, y }: Sample): void {
    if (Number.isInteger(y) && y >= 0 && y < this.classes) return;
    throw new UserError(`${this.spec}: example ${id} has label ${y}, expected 0 to ${this.classes - 1} as the model has ${this.classes} classes`);
  }

  /** No attack could hold on to whole numbers that are none to begin with. */
  private checked(example: Example): PlacedExample {
    const { columns, place } = this;
    const at = columns ? example.x.findIndex((value, i) => columns.integer[i] === 1 && !Number.isInteger(value)) : -1;
    if (at < 0) return { ...example, place };
    throw new UserError(`${this.spec}: example ${example.id}: expected a whole number in column '${columns?.names[at]}', found ${example.x[at]}`);
  }

  private note(example: PlacedExample): HashedExample {
    const { x, y } = example;
    this.histogram[y] = (this.histogram[y] ?? 0) + 1;
    const beginning = hash('sha256', this.bytesOf(y, x)).slice(0, 16);
    this.hashes.add(beginning);
    return { ...example, hash: beginning };
  }

  /** Label and values, in memory that the next example takes over. */
  private bytesOf(y: number, x: Float32Array): Uint8Array {
    if (this.hashed.length !== 1 + x.length) this.hashed = new Float32Array(1 + x.length);
    new Int32Array(this.hashed.buffer)[0] = y;
    this.hashed.set(x, 1);
    return new Uint8Array(this.hashed.buffer);
  }
}
