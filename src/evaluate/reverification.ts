import { setImmediate } from 'node:timers/promises';
import type { Oracle } from '../core/oracle.ts';
import type { Random } from '../core/random.ts';
import type { SampleRecord } from '../core/record.ts';
import { majority, verdictDraws, verdictNoise } from './draws.ts';
import { roundedTo8Bits } from './eightBit.ts';
import type { Example } from './example.ts';
import { predictedClass } from './prediction.ts';
import type { Judged } from './trial.ts';

/** The model in a plain session, as its maker would run it. */
export type Original = Pick<Oracle, 'predict' | 'batchSize' | 'size' | 'classes' | 'random'>;

export interface ReverificationOptions {
  readonly original: Original;
  /** Ask about the points themselves: not where the attacks ran on the original already. */
  readonly compare: boolean;
  /** Ask about the points as 8 bits would hold them. */
  readonly eightBit: boolean;
  /** Of the scan: where the random numbers come from, if the original draws any. It is then asked several times. */
  readonly seed?: number;
  /** Takes what is settled, one after the other, in the order of `add`. */
  readonly keep: (judged: Judged, seconds: number) => void | Promise<void>;
}

interface Question {
  readonly at: Float32Array;
  readonly draw: Random;
}

interface Waiting extends Judged {
  readonly seconds: number;
}

/** Batches that may wait before no more examples are handed out. */
const batchesAhead = 16;

/**
 * Runs every adversarial example that was found on the original model, beside the attacks that find more: its verdict
 * counts. Examples pass through `heldBack`, so that what waits here stays bounded however slow the original is.
 */
export class Reverification {
  private readonly options: ReverificationOptions;
  /** How often it is asked about one point. */
  private readonly times: number;
  /** Questions about each adversarial example. */
  private readonly rowsEach: number;
  /** Adversarial examples that are asked about together. */
  private readonly together: number;
  private waiting: Waiting[] = [];
  private points = 0;
  private work: Promise<void> | undefined;
  private failure: { readonly error: unknown } | undefined;
  private closed = false;
  private release: () => void = () => undefined;

  constructor(options: ReverificationOptions) {
    this.options = options;
    this.times = options.original.random ? verdictDraws : 1;
    this.rowsEach = this.times * (Number(options.compare) + Number(options.eightBit));
    this.together = Math.max(1, Math.floor(options.original.batchSize / Math.max(1, this.rowsEach)));
  }

  /** Takes the verdict of the scan's engine. Throws if settling an earlier one failed. */
  add(judged: Judged, seconds: number): void {
    if (this.failure) throw this.failure.error;
    if (this.closed) return;
    this.waiting.push({ ...judged, seconds });
    this.points += Number(isAsked(judged));
    this.work ??= this.settleAll();
  }

  /** The same examples, given out only while not too many points wait. */
  heldBack(examples: AsyncIterator<Example>): AsyncIterator<Example> {
    return {
      next: async () => {
        await this.room();
        if (this.failure) throw this.failure.error;
        return this.closed ? { done: true, value: undefined } : examples.next();
      },
      return: async () => (await examples.return?.()) ?? { done: true, value: undefined },
    };
  }

  /** Resolves when all that was added has been kept. */
  async finish(): Promise<void> {
    await this.work;
    if (this.failure) throw this.failure.error;
  }

  /** What still waits is dropped; resolves when nothing is kept any more. */
  async close(): Promise<void> {
    this.closed = true;
    this.release();
    await this.work;
  }

  private async room(): Promise<void> {
    while (this.points > batchesAhead * this.together && !this.closed && !this.failure) {
      await new Promise<void>((resolve) => (this.release = resolve));
    }
  }

  private async settleAll(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        await setImmediate(); // lets a message's other records come, and the threads' requests have their turn
        const batch = this.take();
        const verdicts = await this.ask(batch.filter(isAsked));
        for (const waiting of batch) {
          if (this.closed) return;
          await this.options.keep(settled(waiting, verdicts.get(waiting)), waiting.seconds);
        }
      }
    } catch (error) {
      this.failure = { error };
    } finally {
      this.work = undefined;
      this.release();
    }
  }

  /** The next ones in turn, with at most as many points as are asked about together. */
  private take(): Waiting[] {
    let points = 0;
    const end = this.waiting.findIndex((one) => isAsked(one) && ++points > this.together);
    const taken = this.waiting.splice(0, end < 0 ? this.waiting.length : end);
    this.points -= taken.filter(isAsked).length;
    this.release();
    return taken;
  }

  private async ask(asked: readonly Waiting[]): Promise<Map<Waiting, Verdict>> {
    const { compare, eightBit } = this.options;
    try {
      const logits = await this.logitsOf(asked.flatMap((one) => this.questions(one)));
      return new Map(
        asked.map((one, at) => {
          const own = logits.slice(at * this.rowsEach, (at + 1) * this.rowsEach).map((each) => predictedClass(each, one.record.label));
          const [first, last] = [own.slice(0, this.times), own.slice(-this.times)].map((each) => majority(each, one.record.label)) as [number, number];
          return [one, { ...(compare && { itself: first }), ...(eightBit && { rounded: last }) }];
        }),
      );
    } catch (error) {
      return new Map(asked.map((one) => [one, { error: error instanceof Error ? error.message : String(error) }]));
    }
  }

  /** The point, and as 8 bits would hold it, each by every draw. */
  private questions({ point = nothing, record }: Waiting): Question[] {
    const { compare, eightBit, seed = 0 } = this.options;
    const noise = verdictNoise(seed, record.id);
    const points = [...(compare ? [point] : []), ...(eightBit ? [roundedTo8Bits(point)] : [])];
    return points.flatMap((at) => Array.from({ length: this.times }, (_, draw) => ({ at, draw: noise.split(draw) })));
  }

  private async logitsOf(questions: readonly Question[]): Promise<Float32Array[]> {
    const { original } = this.options;
    const { batchSize, size, classes } = original;
    const logits: Float32Array[] = [];
    for (let start = 0; start < questions.length; start += batchSize) {
      const batch = questions.slice(start, start + batchSize);
      const values = new Float32Array(batch.length * size);
      for (const [row, { at }] of batch.entries()) values.set(at, row * size);
      const answer = await original.predict(values, batch.length, batch.map(({ draw }) => draw));
      for (const row of batch.keys()) logits.push(answer.logits.slice(row * classes, (row + 1) * classes));
    }
    return logits;
  }
}

const nothing = new Float32Array(0);

/** The classes the original model gives, −1 for logits that are not finite; or why it gave none. */
type Verdict = { readonly itself?: number; readonly rounded?: number } | { readonly error: string };

function isAsked({ record, point }: Judged): boolean {
  return record.outcome === 'broken' && point !== undefined;
}

/** What the original says, written over what the engine said. */
function settled({ record, point }: Judged, verdict: Verdict | undefined): Judged {
  return { record: verdict ? corrected(record, verdict) : record, ...(point && { point }) };
}

function corrected({ outside8bit, ...found }: SampleRecord, verdict: Verdict): SampleRecord {
  if ('error' in verdict) return { ...found, outcome: 'error', error: `the original model failed: ${verdict.error}` };
  const { itself = found.adversarial ?? -1, rounded } = verdict;
  if (itself < 0 || (rounded ?? 0) < 0) return { ...found, outcome: 'error', error: "the original model's logits are not finite" };
  if (itself === found.label) return { ...found, outcome: 'survived', adversarial: itself, disagreed: true };
  if (rounded === undefined) return { ...found, adversarial: itself };
  return { ...found, adversarial: itself, broken8bit: rounded !== found.label, ...(outside8bit && { outside8bit }) };
}
