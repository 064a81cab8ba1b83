import type { Worker } from 'node:worker_threads';
import { UserError } from '../core/errors.ts';
import type { Example } from './example.ts';
import type { Chunk, FromWorker, ToWorker } from './protocol.ts';
import type { Emit } from './trial.ts';

/** Examples that travel together. Small, so that the last ones spread over all workers. */
const chunkSize = 16;

export interface PoolOptions {
  readonly workers: number;
  /** Starts a worker thread that calls `serve`. */
  readonly start: () => Worker;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a trial on every example in worker threads, which pull them in chunks: what is in memory does not depend on
 * how many there are. Rejects with the first error of a worker or of the source; all threads have ended either way.
 * They are asked to end, not terminated: that would abort the process in the middle of ONNX Runtime's native code.
 */
export async function evaluateInWorkers(
  examples: AsyncIterator<Example>,
  emit: Emit,
  { workers, start, signal }: PoolOptions,
): Promise<void> {
  const chunks = inTurn(() => takeChunk(examples));
  const threads = Array.from({ length: workers }, start);
  const ended = Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve))));
  const over = new AbortController();
  try {
    await Promise.race([aborted(signal, over.signal), Promise.all(threads.map((thread) => finished(thread, chunks, emit)))]);
  } finally {
    over.abort();
    for (const thread of threads) thread.postMessage('stop' satisfies ToWorker);
    await ended;
    await examples.return?.();
  }
}

/** Answers a worker's requests until it exits. */
function finished(worker: Worker, chunks: () => Promise<Chunk | null>, emit: Emit): Promise<void> {
  return new Promise((resolve, reject) => {
    const answer = async (message: FromWorker) => {
      if ('emitted' in message) {
        for (const { judged, seconds } of message.emitted) emit(judged, seconds);
      } else {
        const chunk = await chunks();
        worker.postMessage(chunk, chunk ? [chunk.values.buffer] : []);
      }
    };
    worker.on('message', (message: FromWorker) => void answer(message).catch(reject));
    worker.once('error', (error) => reject(asOurs(error)));
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker thread stopped with exit code ${code}`));
    });
  });
}

/** Rejects when the scan is stopped; stays pending otherwise. Listens until it is over. */
function aborted(signal: AbortSignal | undefined, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(reasonOf(signal));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { signal: over });
  });
}

/** A class does not cross threads, its name does. */
function asOurs(error: Error): Error {
  if (error.name === 'UserError') return new UserError(error.message, { cause: error });
  return new Error(`a worker thread failed: ${error.message}`, { cause: error });
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('the scan was stopped', { cause: signal?.reason });
}

/** An async iterator must not be asked twice at once: each call waits for the one before. */
function inTurn<T>(take: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(take);
    last = next;
    return next;
  };
}

async function takeChunk(examples: AsyncIterator<Example>): Promise<Chunk | null> {
  const taken: Example[] = [];
  while (taken.length < chunkSize) {
    const next = await examples.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken.length > 0 ? pack(taken) : null;
}

function pack(examples: readonly Example[]): Chunk {
  const size = examples[0]?.x.length ?? 0;
  const values = new Float32Array(examples.length * size);
  for (const [row, { x }] of examples.entries()) values.set(x, row * size);
  return {
    ids: examples.map(({ id }) => id),
    labels: examples.map(({ y }) => y),
    pending: examples.map(({ pending }) => pending),
    values,
  };
}
