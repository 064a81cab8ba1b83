import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { Values } from '../graph/trainable.ts';
import type { Adversary } from './adversary.ts';
import type { Batch } from './fillBatch.ts';
import { LogitsNotFinite } from './innerAttack.ts';
import type { ToCrafter } from './serveCrafts.ts';

/** Fewer rows are not worth a thread of their own. */
const fewestRows = 16;

/** Threads that a batch is shared by: as many as there are cores, while each has enough to do. */
export function craftersOf(threads: number, batchSize: number): number {
  return Math.min(threads, Math.max(1, Math.floor(batchSize / fewestRows)));
}

export interface ThreadedOptions {
  readonly count: number;
  /** Starts a thread that calls `serveCrafts`. */
  readonly start: () => Worker;
  /** The model as it stands, and the attack's options, asked for at every batch. */
  readonly weights: () => Values;
  readonly options: () => PlannedAttack['options'];
}

/**
 * Attacks the model as it stands in threads, each on its share of the batch: one thread inside a session each uses the
 * cores better than all inside one. What comes of an example does not depend on the thread that it is in.
 */
export function threadedAdversary({ count, start, weights, options }: ThreadedOptions): Adversary {
  const threads = Array.from({ length: count }, () => new Crafter(start()));
  return {
    replays: 1,
    memory: new Map(),
    async examples(batch, epoch) {
      const share = Math.ceil(batch.y.length / count);
      const common = { weights: weights(), options: options(), epoch };
      const parts = await Promise.all(threads.map((thread, at) => thread.ask({ ...common, batch: part(batch, at * share, (at + 1) * share) })));
      return joined(parts, batch.x.length);
    },
    close: async () => void (await Promise.all(threads.map((thread) => thread.close()))),
  };
}

class Crafter {
  private readonly worker: Worker;
  private readonly ended: Promise<unknown>;
  /** Aborted when the thread has ended, for the reason that it gave. */
  private readonly over = new AbortController();

  constructor(worker: Worker) {
    this.worker = worker;
    this.ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.once('error', (error) => this.over.abort(asOurs(error)));
    worker.once('exit', (code) => this.over.abort(new Error(`a thread of the inner attack stopped with exit code ${code}`)));
  }

  /** A thread that is not asked keeps no process alive: whoever takes one epoch and no more need not know of it. */
  async ask(request: ToCrafter): Promise<Float32Array> {
    const { worker, over: { signal } } = this;
    worker.ref();
    worker.postMessage(request);
    const [advs] = (await once(worker, 'message', { signal }).catch(() => signal.throwIfAborted())) as [Float32Array];
    worker.unref();
    return advs;
  }

  async close(): Promise<void> {
    this.worker.ref();
    this.worker.postMessage('stop' satisfies ToCrafter);
    await this.ended;
  }
}

/** A class does not cross threads, its name does. */
function asOurs(error: Error): Error {
  if (error.name === 'LogitsNotFinite') return new LogitsNotFinite(error.message, { cause: error });
  return new Error(`a thread of the inner attack failed: ${error.message}`, { cause: error });
}

/** A copy of some rows, as what is sent to a thread takes its whole memory along. */
function part({ ids, x, y }: Batch, from: number, to: number): Batch {
  const size = x.length / y.length;
  return { ids: ids.slice(from, to), x: x.slice(from * size, to * size), y: y.slice(from, to) };
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (const values of parts) {
    whole.set(values, at);
    at += values.length;
  }
  return whole;
}
