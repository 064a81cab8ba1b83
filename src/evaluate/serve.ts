import type { MessagePort } from 'node:worker_threads';
import type { Oracle } from '../core/oracle.ts';
import { evaluate } from './evaluate.ts';
import type { Example } from './example.ts';
import type { Chunk, Emitted, FromWorker, ToWorker } from './protocol.ts';
import type { Trial } from './sampleJob.ts';

/** Records are handed in at most so often, and at the end. */
const flushMilliseconds = 100;

/** A worker thread's work: pulls examples through the port, evaluates them, hands the records in, closes the port. */
export async function serve(port: MessagePort, oracle: Oracle, trial: Trial, inFlight: number): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  let emitted: Emitted[] = [];
  let flushed = performance.now();
  const flush = () => {
    if (emitted.length > 0) post({ emitted });
    emitted = [];
    flushed = performance.now();
  };
  await evaluate(
    oracle,
    pulled(port, oracle.size),
    trial,
    (record, seconds) => {
      emitted.push({ record, seconds });
      if (performance.now() - flushed > flushMilliseconds) flush();
    },
    { inFlight },
  );
  flush();
  port.close();
}

/** The examples that the main thread sends. The next chunk is asked for while the last one is being used. */
async function* pulled(port: MessagePort, size: number): AsyncGenerator<Example> {
  const ask = () =>
    new Promise<ToWorker>((resolve) => {
      port.once('message', resolve);
      port.postMessage({ pull: true } satisfies FromWorker);
    });
  for (let next = ask(); ; ) {
    const chunk = await next;
    if (!chunk) return;
    next = ask();
    yield* examplesIn(chunk, size);
  }
}

function* examplesIn({ ids, labels, values }: Chunk, size: number): Generator<Example> {
  for (const [row, id] of ids.entries()) {
    yield { id, x: values.subarray(row * size, (row + 1) * size), y: labels[row] as number };
  }
}
