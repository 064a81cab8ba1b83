import { describe, expect, test } from 'vitest';
import type { Values } from '../../src/graph/trainable.ts';
import type { Checkpoint } from '../../src/train/checkpoint.ts';
import { methods } from '../../src/train/methods/index.ts';
import type { Task } from '../../src/train/task.ts';
import { train, type Epoch, type TrainingEvents } from '../../src/train/train.ts';
import { quadrantTask } from './quadrants.ts';

async function trained(task: Task, events: TrainingEvents = {}): Promise<{ epochs: Omit<Epoch, 'weights'>[]; best: Values; last: Values }> {
  const run = train(task, events);
  const epochs: Omit<Epoch, 'weights'>[] = [];
  let last: Values = new Map();
  for (let next = await run.next(); ; next = await run.next()) {
    if (next.done) return { epochs, best: next.value.weights, last };
    const { weights, ...figures } = next.value;
    epochs.push(figures);
    last = new Map(Array.from(weights, ([name, data]) => [name, data.slice()]));
  }
}

describe.each(Object.keys(methods))('%s', (method) => {
  test('teaches a net to hold under attack, and repeats itself from any checkpoint', async () => {
    const task = await quadrantTask({ method: method === 'free' ? 'free(replays=4)' : method, epochs: method === 'free' ? 2 : 5 });
    const checkpoints: Checkpoint[] = [];
    const whole = await trained(task, { keep: (checkpoint) => checkpoints.push(checkpoint), keepEvery: 4 });
    expect(whole.epochs[0]!.robust).toBeLessThan(0.75);
    expect(whole.epochs.at(-1)!.robust).toBeGreaterThan(0.9);
    const from = checkpoints.at(-3)!; // within the last epoch
    expect(await trained(task, { from })).toEqual({ ...whole, epochs: whole.epochs.slice(-1) });
  });
});

test('a run with everything on repeats itself from every checkpoint', async () => {
  const task = await quadrantTask({
    ...{ epochs: 2, ema: 0.9, awp: true, clipNorm: 1, labelSmoothing: 0.1, augment: 'crop(pad=1),noise', optimizer: 'sgd', schedule: 'cosine' },
  });
  const checkpoints: Checkpoint[] = [];
  const whole = await trained(task, { keep: (checkpoint) => checkpoints.push(checkpoint), keepEvery: 3 });
  expect(checkpoints).toHaveLength(8);
  for (const [at, from] of checkpoints.entries())
    expect(await trained(task, { from })).toEqual({ ...whole, epochs: whole.epochs.slice(at < 4 ? Number(at === 3) : 1), ...(at === 7 && { epochs: [], last: new Map() }) });
});

test('another seed gives other weights', async () => {
  const task = await quadrantTask({ epochs: 1 });
  const [one, other] = [await trained(task), await trained({ ...task, trial: { ...task.trial, seed: 1 } })];
  expect(one.best).not.toEqual(other.best);
});

test('training ends when robust accuracy has not risen for so many epochs, and the best weights are kept', async () => {
  const task = await quadrantTask({ epochs: 9, patience: 2, learningRate: 1e-9 });
  const { epochs, best, last } = await trained(task);
  expect(epochs.map((epoch) => epoch.best)).toEqual([true, false, false]);
  expect(best).not.toEqual(last);
});

test('a loss that is not finite ends the run in one line, before it reaches the weights', async () => {
  const task = await quadrantTask({ method: 'fast', optimizer: 'sgd', schedule: 'constant', learningRate: 1e30 });
  const run = trained(task);
  await expect(run).rejects.toThrow(/^training: .* at step 2, in epoch 1; no epoch was completed; a learning rate below 1\.0e\+30 or clipped gradients may help$/);
});

test('a run that is stopped keeps where it was, and goes on to the same end', async () => {
  const task = await quadrantTask({ epochs: 2 });
  const stop = new AbortController();
  let kept: Checkpoint | undefined;
  const progress: TrainingEvents['progress'] = ({ done }) => void (done === 7 && stop.abort());
  const events: TrainingEvents = { progress, keep: (checkpoint) => (kept = checkpoint), signal: stop.signal };
  await expect(trained(task, events)).rejects.toThrow('This operation was aborted');
  expect(kept?.state).toMatchObject({ epoch: 0, batch: 7 });
  expect((await trained(task, { from: kept })).best).toEqual((await trained(task)).best);
});
