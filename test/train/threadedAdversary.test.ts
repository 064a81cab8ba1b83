import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { startCrafter } from '../../src/plan/startWorker.ts';
import type { Batch } from '../../src/train/fillBatch.ts';
import { craft, LogitsNotFinite, type Crafting } from '../../src/train/innerAttack.ts';
import { compileParameterModel } from '../../src/train/parameterOracle.ts';
import type { CraftOrder } from '../../src/train/serveCrafts.ts';
import type { Task } from '../../src/train/task.ts';
import { craftersOf, threadedAdversary } from '../../src/train/threadedAdversary.ts';
import { train } from '../../src/train/train.ts';
import { valuesOf } from '../support/trainingStep.ts';
import { parameterOracleOf, quadrants, quadrantTask } from './quadrants.ts';

const task = await quadrantTask({ method: 'pgd(steps=3)', batchSize: 32, epochs: 1 });
const examples = quadrants(32, 3);
const batch: Batch = { ids: examples.map(({ id }) => id), x: Float32Array.from(examples.flatMap(({ x }) => [...x])), y: examples.map(({ y }) => y) };

function craftingOf({ inner, trial }: Task): Crafting {
  if ('replays' in inner) throw new Error('pgd attacks');
  return { ...inner, trial };
}

async function adversaryOf(count: number, weights = valuesOf(task.trainable), start: (order: CraftOrder) => Worker = startCrafter) {
  const model = await compileParameterModel(task.trainable, task.trial, Math.ceil(32 / count));
  const crafting = craftingOf(task);
  return threadedAdversary({ count, start: () => start({ model, crafting }), weights: () => weights, options: () => crafting.attack.options });
}

describe('threads that share the batches of the inner attack', () => {
  test.each([2, 3])('make what the calling thread makes when there are %i', async (count) => {
    const alone = await craft(await parameterOracleOf(task, 32), examples, craftingOf(task), 5);
    const adversary = await adversaryOf(count);
    try {
      expect(await adversary.examples(batch, 5)).toEqual(alone);
      expect(await adversary.examples(batch, 6)).not.toEqual(alone);
    } finally {
      await adversary.close();
    }
  });

  test('see the weights as they are at each batch, and their attack as it is', async () => {
    const weights = new Map(valuesOf(task.trainable));
    const { attack } = craftingOf(task);
    let { options } = attack;
    const model = await compileParameterModel(task.trainable, task.trial, 16);
    const adversary = threadedAdversary({ count: 2, start: () => startCrafter({ model, crafting: craftingOf(task) }), weights: () => weights, options: () => options });
    try {
      const before = await adversary.examples(batch, 0);
      for (const [name, values] of weights) weights.set(name, values.map((value) => -value));
      const after = await adversary.examples(batch, 0);
      expect(after).not.toEqual(before);
      options = { ...options, steps: 1 };
      expect(await adversary.examples(batch, 0)).not.toEqual(after);
    } finally {
      await adversary.close();
    }
  });

  test('say that a logit is not finite, and end', async () => {
    const broken = new Map(Array.from(valuesOf(task.trainable), ([name, values]) => [name, values.map(() => NaN)]));
    const adversary = await adversaryOf(2, broken);
    await expect(adversary.examples(batch, 0)).rejects.toThrow(LogitsNotFinite);
    await adversary.close();
  });

  test.each([
    ['fail', "throw new Error('no memory')", 'a thread of the inner attack failed: no memory'],
    ['stop', 'process.exit(3)', 'a thread of the inner attack stopped with exit code 3'],
  ])('are not waited for when they %s', async (_, code, message) => {
    const adversary = await adversaryOf(2, undefined, () => new Worker(code, { eval: true }));
    await expect(adversary.examples(batch, 0)).rejects.toThrow(message);
    await adversary.close();
  });
});

test.each([[1, 128, 1], [2, 128, 2], [16, 128, 8], [2, 16, 1], [2, 4, 1]])('of %i cores a batch of %i is worth %i threads', (threads, rows, count) => {
  expect(craftersOf(threads, rows)).toBe(count);
});

test('a training run with threads ends with the weights of one without', async () => {
  const end = async (given: Task): Promise<unknown> => {
    const run = train(given);
    for (;;) {
      const next = await run.next();
      if (next.done) return next.value;
    }
  };
  expect(await end({ ...task, threads: 2, startCrafter })).toEqual(await end({ ...task, threads: 2 }));
});

test('a program may take one epoch and no more: idle threads do not keep it from ending', () => {
  const program = "import { harden } from 'breakwater'; const { value } = await harden({ method: 'fast', limit: 64, batchSize: 32 }).next(); console.log(value.epoch);";
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 50_000 });
  expect([status, stdout, stderr]).toEqual([0, '1\n', '']);
});
