import type { MessagePort } from 'node:worker_threads';
import type { Oracle } from '../core/oracle.ts';
import { evaluate } from './evaluate.ts';
import type { Example } from './example.ts';
import type { Chunk, Emitted, FromWorker, ToWorker } from './protocol.ts';
import type { Trial } from './trial.ts';

/** Records are handed in at most so often, and at the end. */
const flushMilliseconds = 100;

/**
 * A worker thread's work: pulls examples through the port, evaluates them, hands the records in, closes the port. Told
 * to stop, it does so after the batch it is in.
 */
export async function serve(port: MessagePort, oracle: Oracle, trial: Trial, inFlight: number): Promise<void> {
  const stop = new AbortController();
  const out = new Outbox(port);
  try {
    const examples = pulled(port, oracle.size, stop);
    await evaluate(oracle, examples, trial, (judged, seconds) => out.add({ judged, seconds }), {
      inFlight,
      signal: stop.signal,
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  out.flush();
  port.close();
}

/** Gathers records on their way out. */
class Outbox {
  private readonly port: MessagePort;
  private emitted: Emitted[] = [];
  private flushed = performance.now();

  constructor(port: MessagePort) {
    this.port = port;
  }

  add(emitted: Emitted): void {
    this.emitted.push(emitted);
    if (performance.now() - this.flushed > flushMilliseconds) this.flush();
  }

  flush(): void {
    const points = this.emitted.flatMap(({ judged: { point } }) => (point ? [point.buffer] : []));
    if (this.emitted.length > 0) this.port.postMessage({ emitted: this.emitted } satisfies FromWorker, points);
    this.emitted = [];
    this.flushed = performance.now();
  }
}

/** The examples that the main thread sends. The next chunk is asked for while the last one is being used. */
async function* pulled(port: MessagePort, size: number, stop: AbortController): AsyncGenerator<Example> {
  let receive: (chunk: Chunk | null) => void = () => undefined;
  port.on('message', (message: ToWorker) => {
    if (message === 'stop') stop.abort();
    receive(message === 'stop' ? null : message);
  });
  const ask = () =>
    new Promise<Chunk | null>((resolve) => {
      receive = resolve;
      port.postMessage({ pull: true } satisfies FromWorker);
    });
  for (let next = ask(); ; ) {
    const chunk = await next;
    if (!chunk) return;
    next = ask();
    yield* examplesIn(chunk, size);
  }
}

function* examplesIn({ ids, labels, pending, values }: Chunk, size: number): Generator<Example> {
  for (const [row, id] of ids.entries()) {
    const left = pending[row];
    yield { id, x: values.subarray(row * size, (row + 1) * size), y: labels[row] as number, ...(left && { pending: left }) };
  }
}
