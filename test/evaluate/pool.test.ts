import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { SampleRecord } from '../../src/core/record.ts';
import { evaluateInWorkers } from '../../src/evaluate/pool.ts';
import type { Example } from '../../src/evaluate/example.ts';

/** Threads in plain JavaScript that speak the protocol: they record the sum of each example. */
const summing = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (chunk) => {
    if (!chunk || chunk === 'stop') return parentPort.close();
    const size = chunk.values.length / chunk.ids.length;
    const sum = (row) => chunk.values.subarray(row * size, (row + 1) * size).reduce((a, b) => a + b);
    parentPort.postMessage({ emitted: chunk.ids.map((id, row) => ({ judged: { record: { id, label: chunk.labels[row], clean: sum(row) } }, seconds: 1 })) });
    parentPort.postMessage({ pull: true });
  });
  parentPort.postMessage({ pull: true });
`;
const thread = (code: string) => () => new Worker(code, { eval: true });

function examples(count: number) {
  const state = { given: 0, closed: false };
  async function* source(): AsyncGenerator<Example> {
    try {
      for (let id = 0; id < count; id++) {
        state.given++;
        yield await Promise.resolve({ id, x: Float32Array.of(id, 1), y: id % 3 });
      }
    } finally {
      state.closed = true;
    }
  }
  return { source: source(), state };
}

describe('worker threads', () => {
  test.each([1, 3])('get every example once, whole, when there are %i', async (workers) => {
    const records: SampleRecord[] = [];
    const { source, state } = examples(100);
    await evaluateInWorkers(source, ({ record }) => records.push(record), { workers, start: thread(summing) });
    records.sort((a, b) => a.id - b.id);
    expect(records).toEqual(Array.from({ length: 100 }, (_, id) => ({ id, label: id % 3, clean: id + 1 })));
    expect(state.closed).toBe(true);
  });

  test('pull: one that asks for nothing more is sent nothing more', async () => {
    const once = `
      const { parentPort } = require('node:worker_threads');
      parentPort.once('message', () => setTimeout(() => parentPort.close(), 50));
      parentPort.postMessage({ pull: true });
    `;
    const { source, state } = examples(1e6);
    await evaluateInWorkers(source, () => undefined, { workers: 1, start: thread(once) });
    expect(state.given).toBeLessThanOrEqual(16);
  });
});

describe('the run ends, with all its threads,', () => {
  const idle = `require('node:worker_threads').parentPort.on('message', (message) => message === 'stop' && process.exit())`;
  const started: Worker[] = [];
  const run = (code: string, signal?: AbortSignal) => {
    const codes = [code, idle];
    started.length = 0;
    const start = () => {
      const worker = thread(codes.shift()!)();
      started.push(worker);
      return worker;
    };
    return evaluateInWorkers(examples(1000).source, () => undefined, { workers: 2, start, signal });
  };
  const allEnded = () => expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1]);

  test("with a worker's error, its message and stack", async () => {
    const code = `function deep() { throw new TypeError('boom', { cause: new Error('no memory') }) } deep()`;
    const error = await run(code).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ message: 'a worker thread failed: boom', cause: { cause: { message: 'no memory' } } });
    expect(((error as Error).cause as Error).stack).toMatch(/at deep/);
    allEnded();
  });

  test('with one line when what the user asked for cannot be done', async () => {
    const refusal = run(`throw Object.assign(new Error('loss dlr: expected 3 classes'), { name: 'UserError' })`);
    await expect(refusal).rejects.toThrow(new UserError('loss dlr: expected 3 classes'));
    await expect(refusal).rejects.toBeInstanceOf(UserError);
    allEnded();
  });

  test('when a thread exits early', async () => {
    await expect(run('process.exit(7)')).rejects.toThrow('a worker thread stopped with exit code 7');
    allEnded();
  });

  test('when it is aborted', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('Ctrl-C')), 20);
    await expect(run(idle, abort.signal)).rejects.toThrow('Ctrl-C');
    allEnded();
  });

  test('when the source fails', async () => {
    async function* torn(): AsyncGenerator<Example> {
      yield await Promise.resolve({ id: 0, x: Float32Array.of(1), y: 0 });
      throw new UserError('images.gz: cut off');
    }
    await expect(
      evaluateInWorkers(torn(), () => undefined, { workers: 2, start: thread(summing) }),
    ).rejects.toThrow('images.gz: cut off');
  });
});
