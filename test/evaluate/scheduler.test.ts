import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { together } from '../../src/core/attack.ts';
import type { Answer, PointQuery, Query } from '../../src/core/attack.ts';
import { untargeted } from '../../src/core/goal.ts';
import { openLedger } from '../../src/evaluate/ledger.ts';
import { schedule } from '../../src/evaluate/scheduler.ts';
import type { Job } from '../../src/evaluate/scheduler.ts';
import { linearOracle } from './linearOracle.ts';

/** Logits are (x, y) themselves: class 0 when x is the larger. */
const identity = [
  [1, 0],
  [0, 1],
];
const point = (x: number, y = 0) => Float32Array.of(x, y);
const gradientAt = (at: Float32Array): PointQuery => ({ want: 'gradient', at });
const scoresAt = (at: Float32Array): PointQuery => ({ want: 'scores', at });

type Body = () => Generator<Query, void, Answer>;
const job = (body: Body): Job => ({ run: body(), ledger: openLedger({ goal: untargeted(0, 2) }) });

async function* source(bodies: Iterable<Body>): AsyncGenerator<Job> {
  for (const body of bodies) {
    await Promise.resolve();
    yield job(body);
  }
}

/** A job that asks for `steps` gradients. */
const asking = (steps: number, finish: () => void = () => undefined): Body =>
  function* () {
    for (let step = 0; step < steps; step++) yield gradientAt(point(1));
    finish();
  };

describe('batches', () => {
  test('are full as long as enough jobs wait', async () => {
    const oracle = linearOracle(identity, 4);
    await schedule(oracle, source(Array.from({ length: 20 }, () => asking(3))));
    expect(oracle.calls).toEqual(Array.from({ length: 15 }, () => ({ kind: 'gradient', rows: 4 })));
  });

  test('take up the next job at once where one has ended early', async () => {
    const oracle = linearOracle(identity, 4);
    const lengths = [9, 1, 2, 1, 5, 1, 3, 1, 2, 1, 1, 1];
    await schedule(oracle, source(lengths.map((steps) => asking(steps))), { inFlight: 4 });
    const rows = oracle.calls.map((call) => call.rows);
    expect(rows.reduce((sum, n) => sum + n)).toBe(28);
    expect(rows.slice(0, 5)).toEqual([4, 4, 4, 4, 4]);
  });

  test('at the tail are as small as the engine has them', async () => {
    const oracle = { ...linearOracle(identity, 8), batchSizes: [8, 2] };
    await schedule(oracle, source([...Array.from({ length: 8 }, () => asking(1)), ...Array.from({ length: 3 }, () => asking(2))]), {
      inFlight: 8,
    });
    // Eight, then three are left with two queries each: in pairs, since eight rows would be padding for the most part.
    expect(oracle.calls.map((call) => call.rows)).toEqual([8, 2, 2, 2]);
  });

  test('of a lazy iterable are full though only one job waits', async () => {
    const oracle = { ...linearOracle(identity, 8), batchSizes: [8, 2] };
    const lazy: Body = function* () {
      yield* together((function* () {
        for (let i = 0; i < 16; i++) yield scoresAt(point(i));
      })());
    };
    await schedule(oracle, source([lazy]));
    expect(oracle.calls.map((call) => call.rows)).toEqual([8, 8]);
  });

  test('hold forward and gradient queries apart', async () => {
    const oracle = linearOracle(identity, 2);
    const both: Body = function* () {
      yield scoresAt(point(1));
      yield gradientAt(point(1));
      yield { want: 'label', at: point(1) };
    };
    await schedule(oracle, source(Array.from({ length: 4 }, () => both)));
    const rowsOf = (kind: string) => oracle.calls.filter((call) => call.kind === kind).reduce((sum, call) => sum + call.rows, 0);
    expect([rowsOf('forward'), rowsOf('gradient')]).toEqual([8, 4]);
  });

  test('serve a lone forward query though gradient batches never cease to be full', async () => {
    const oracle = linearOracle(identity, 2);
    let callsBefore = Infinity;
    const lone: Body = function* () {
      yield scoresAt(point(1));
      callsBefore = oracle.calls.length;
    };
    await schedule(oracle, source([lone, ...Array.from({ length: 40 }, () => asking(50))]));
    expect(callsBefore).toBeLessThan(40);
  });

  test('serve a lone gradient query though forward batches never cease to be full', async () => {
    const oracle = linearOracle(identity, 2);
    let callsBefore = Infinity;
    const lone: Body = function* () {
      yield gradientAt(point(1));
      callsBefore = oracle.calls.length;
    };
    const scoring: Body = function* () {
      for (let step = 0; step < 50; step++) yield scoresAt(point(1));
    };
    await schedule(oracle, source([lone, ...Array.from({ length: 40 }, () => scoring)]));
    expect(callsBefore).toBeLessThan(40);
  });
});

describe('the source', () => {
  test('is pulled only when a job has ended', async () => {
    let pulled = 0;
    let ended = 0;
    let most = 0;
    function* bodies(): Generator<Body> {
      for (; pulled < 50; ) {
        most = Math.max(most, ++pulled - ended);
        yield asking(2, () => ended++);
      }
    }
    await schedule(linearOracle(identity, 4), source(bodies()), { inFlight: 6 });
    expect({ ended, most }).toEqual({ ended: 50, most: 6 });
  });

  test('that is slow still gives full batches', async () => {
    const oracle = linearOracle(identity, 4);
    async function* slow(): AsyncGenerator<Job> {
      for (let i = 0; i < 8; i++) {
        await sleep(1);
        yield job(asking(1));
      }
    }
    await schedule(oracle, slow());
    expect(oracle.calls.map(({ rows }) => rows)).toEqual([4, 4]);
  });

  test('that fails ends the run with its error', async () => {
    async function* failing(): AsyncGenerator<Job> {
      yield job(asking(3));
      await Promise.resolve();
      throw new Error('torn file');
    }
    await expect(schedule(linearOracle(identity, 4), failing())).rejects.toThrow('torn file');
  });
});

describe('answers', () => {
  test('say label, logits, loss and gradient of the point asked about', async () => {
    const got: unknown[] = [];
    const body: Body = function* () {
      const { label, fooled, logits, loss, gradient } = yield gradientAt(point(0, 2));
      got.push(label, fooled, [...logits], loss.toFixed(4), [...gradient].map((g) => g.toFixed(4)));
    };
    await schedule(linearOracle(identity, 4), source([body]));
    // −log softmax(0, 2)₀ = log(1 + e²); its gradient is (−p₁, p₁).
    expect(got).toEqual([1, true, [0, 2], '2.1269', ['-0.8808', '0.8808']]);
  });

  test('leave empty what was not asked for', async () => {
    const got: unknown[] = [];
    const body: Body = function* () {
      const label = yield { want: 'label', at: point(1) };
      got.push(label.label, label.logits.length, label.gradient.length, label.loss);
      const scores = yield scoresAt(point(1));
      got.push(scores.logits.length, scores.gradient.length, scores.loss);
    };
    await schedule(linearOracle(identity, 4), source([body]));
    expect(got).toEqual([0, 0, 0, NaN, 2, 0, NaN]);
  });

  test("ask for more margin than the engine's error before they say fooled", async () => {
    const got: boolean[] = [];
    const body: Body = function* () {
      for (const margin of [-1, 0, 5e-7, 2e-6]) got.push((yield scoresAt(point(0, margin))).fooled);
    };
    await schedule(linearOracle(identity, 4), source([body]));
    expect(got).toEqual([false, false, false, true]);
  });

  test('to several queries come together, in order, as copies, whatever their kinds', async () => {
    const got: number[][] = [];
    const body: Body = function* () {
      const answers = yield* together(
        [1, 2, 3, 4, 5, 6, 7].map((x) => (x % 3 === 0 ? gradientAt(point(x)) : scoresAt(point(x)))),
      );
      yield scoresAt(point(99));
      got.push(answers.map(({ logits }) => logits[0]!), answers.map(({ gradient }) => gradient.length));
    };
    await schedule(linearOracle(identity, 2), source([body, asking(3)]));
    expect(got).toEqual([
      [1, 2, 3, 4, 5, 6, 7],
      [0, 0, 2, 0, 0, 2, 0],
    ]);
  });

  test('to no queries are none', async () => {
    let count = -1;
    const body: Body = function* () {
      count = (yield* together([])).length;
    };
    await schedule(linearOracle(identity, 2), source([body]));
    expect(count).toBe(0);
  });

  test('to a lazy iterable are asked for as room comes up, and others get their turn', async () => {
    const oracle = linearOracle(identity, 4);
    let made = 0;
    let furthest = 0;
    let otherDoneAt = 0;
    const lazy: Body = function* () {
      const points = function* () {
        for (; made < 400; made++) {
          const answeredRows = oracle.calls.reduce((sum, { rows }) => sum + rows, 0);
          furthest = Math.max(furthest, made - answeredRows);
          yield scoresAt(point(made));
        }
      };
      const answers = yield* together(points());
      expect(answers.map(({ logits }) => logits[0])).toEqual(Array.from({ length: 400 }, (_, i) => i));
    };
    const other: Body = function* () {
      for (let step = 0; step < 5; step++) yield scoresAt(point(1));
      otherDoneAt = oracle.calls.length;
    };
    await schedule(oracle, source([lazy, other]));
    expect(furthest).toBeLessThanOrEqual(5);
    expect(otherDoneAt).toBeLessThan(20);
  });

  test('to a wait come when it is over, while others go on', async () => {
    const events: string[] = [];
    const waiting: Body = function* () {
      yield { wait: sleep(30) };
      events.push('waited');
      yield scoresAt(point(1));
    };
    await schedule(linearOracle(identity, 2), source([waiting, asking(2, () => events.push('asked'))]));
    expect(events).toEqual(['asked', 'waited']);
  });
});

describe('failures', () => {
  /** What is thrown into a job that asks this. */
  async function thrownFor(query: Query, batchSize = 2): Promise<string> {
    let message = 'nothing was thrown';
    const body: Body = function* () {
      try {
        yield query;
      } catch (error) {
        message = (error as Error).message;
      }
      yield scoresAt(point(1)); // it goes on
    };
    await schedule(linearOracle(identity, batchSize), source([body, asking(2)]));
    return message;
  }

  test('of a query reach the job that asked, which may go on', async () => {
    expect(await thrownFor(scoresAt(Float32Array.of(1)))).toBe('an attack asked about 1 values: expected 2');
    expect(await thrownFor({ want: 'love' as 'label', at: point(1) })).toBe(
      "an attack asked for 'love': expected label, scores, gradient",
    );
    expect(await thrownFor({ wait: Promise.reject(new Error('endpoint is down')) })).toBe('endpoint is down');
    expect(await thrownFor({ want: 'gradient', at: point(1), loss: { crossEntropy: [1, 0, 0, 0, 0, 0] } }, 1)).not.toBe(
      'nothing was thrown',
    );
  });

  test('of the model reach the job, also from the middle of an iterable', async () => {
    expect(await thrownFor(scoresAt(point(NaN)))).toBe("the model's logits are not finite: NaN, NaN");
    const queries = [1, Infinity, 2, NaN, 3].map((x) => scoresAt(point(x)));
    expect(await thrownFor(queries)).toMatch(/not finite: Infinity/);
    expect(await thrownFor(queries, 8)).toMatch(/not finite: Infinity/);
  });

  test('of an iterable reach the job', async () => {
    function* torn(): Generator<PointQuery> {
      yield scoresAt(point(1));
      throw new Error('no more');
    }
    expect(await thrownFor(torn())).toBe('no more');
  });

  test('of gradients on a model without any reach the job', async () => {
    const oracle = { ...linearOracle(identity, 2), differentiable: false };
    await expect(schedule(oracle, source([asking(1)]))).rejects.toThrow('this model has no gradients');
  });

  test('of a job end the run', async () => {
    const body: Body = function* () {
      yield scoresAt(point(1));
      throw new Error('a bug');
    };
    await expect(schedule(linearOracle(identity, 2), source([body, asking(5)]))).rejects.toThrow('a bug');
    const late: Body = function* () {
      yield { wait: sleep(1) };
      throw new Error('a bug after a wait');
    };
    await expect(schedule(linearOracle(identity, 2), source([late]))).rejects.toThrow('a bug after a wait');
  });

  test('of the oracle end the run, with their cause', async () => {
    const cause = new Error('out of memory');
    const broken = {
      ...linearOracle(identity, 2),
      gradient: () => Promise.reject(new Error('ONNX Runtime failed', { cause })),
    };
    await expect(schedule(broken, source([asking(1)]))).rejects.toMatchObject({ message: 'ONNX Runtime failed', cause });
  });

  test('are noted in the ledger even when the attack swallows them', async () => {
    const swallowing: Body = function* () {
      try {
        yield scoresAt(point(NaN));
      } catch {
        yield scoresAt(point(1));
      }
    };
    const swallowed = job(swallowing);
    async function* one() {
      yield await Promise.resolve(swallowed);
    }
    await schedule(linearOracle(identity, 2), one());
    expect(swallowed.ledger.failure?.message).toMatch(/not finite/);
  });
});

test('an abort ends the run with its reason, and closes the source', async () => {
  const abort = new AbortController();
  let closed = false;
  async function* endless(): AsyncGenerator<Job> {
    try {
      for (;;) yield await Promise.resolve(job(asking(3)));
    } finally {
      closed = true;
    }
  }
  setTimeout(() => abort.abort(new Error('Ctrl-C')), 10);
  await expect(schedule(linearOracle(identity, 2), endless(), { signal: abort.signal })).rejects.toThrow('Ctrl-C');
  expect(closed).toBe(true);
});

test('the ledger counts queries, useless gradients and time', async () => {
  const flat = linearOracle(
    [
      [0, 0],
      [0, 0],
    ],
    2,
  );
  const counting = job(function* () {
    yield gradientAt(point(1));
    yield scoresAt(point(1));
    yield* together([scoresAt(point(1)), gradientAt(point(2))]);
  });
  async function* one() {
    yield await Promise.resolve(counting);
  }
  await schedule(flat, one());
  expect(counting.ledger).toMatchObject({ forwardQueries: 2, gradientQueries: 2, uselessGradients: 2 });
  expect(counting.ledger.seconds).toBeGreaterThan(0);
});
