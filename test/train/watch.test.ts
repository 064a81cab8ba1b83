import { expect, test } from 'vitest';
import { startRun, type Run } from '../../src/train/run.ts';
import { fillBatch } from '../../src/train/fillBatch.ts';
import { answer, correctUnder, note } from '../../src/train/watch.ts';
import { parameterOracleOf, quadrantTask } from './quadrants.ts';

const labels = Array.from({ length: 32 }, (_, row) => row % 4);
const batch = { ids: labels, x: new Float32Array(0), y: labels };

/** Eight watched batches: of 32 examples so many held under the single step, and so many under PGD. */
function stretch(run: Run, fgsm: number, pgd: number): void {
  const logits = Float32Array.from(labels.flatMap((label, row) => [0, 1, 2, 3].map((k) => Number((k === label) === row < fgsm))));
  for (let watched = 0; watched < 8; watched++) note(run, pgd, logits, batch);
}

test('a single-step method that collapses goes back to where it was sound, with steps of half the length', async () => {
  const task = await quadrantTask({ method: 'fast' });
  const run = startRun(task);
  const [name] = run.weights.keys();
  run.weights.get(name!)!.fill(1);
  run.epoch = 2;
  run.batch = 40;
  stretch(run, 20, 18);
  expect(answer(run, task)).toBeUndefined();
  run.weights.get(name!)!.fill(2);
  run.batch = 72;
  stretch(run, 30, 4);
  const { run: earlier, line } = answer(run, task)!;
  expect(line).toBe(
    'epoch 3, batch 72: the model overfits to a single step: accuracy under PGD fell from 0.56 to 0.13, under the step that trains from 0.63 to 0.94; back to epoch 3, batch 40, with steps 0.5 as long as asked for',
  );
  expect(new Set(earlier.weights.get(name!))).toEqual(new Set([1]));
  expect(earlier).toMatchObject({ epoch: 2, batch: 40, shortened: 0.5 });
  expect(earlier.figures).toHaveLength(8);

  stretch(earlier, 30, 4);
  const again = answer(earlier, task)!;
  expect(again.run).toMatchObject({ epoch: 2, batch: 40, shortened: 0.25 });
});

test('steps that have been shortened four times over are given up in one line', async () => {
  const task = await quadrantTask({ method: 'fast' });
  let run = startRun(task);
  stretch(run, 20, 18);
  answer(run, task);
  for (let times = 0; times < 4; times++) {
    stretch(run, 30, 4);
    run = answer(run, task)!.run;
  }
  stretch(run, 30, 4);
  expect(() => answer(run, task)).toThrow(/again and again although the steps were shortened; expected a method with more steps here, such as pgd$/);
});

test('a model that is learning, or losing both accuracies, goes on', async () => {
  const task = await quadrantTask({ method: 'fast' });
  const run = startRun(task);
  for (const [fgsm, pgd] of [[8, 8], [20, 18], [24, 20], [10, 6]] as const) {
    stretch(run, fgsm, pgd);
    expect(answer(run, task)).toBeUndefined();
  }
});

test('how many examples hold is the same whatever batches the model takes', async () => {
  const task = await quadrantTask({ method: 'fast' });
  const watched = fillBatch(task.training.slice(0, 40), { setting: task.trial, augmentations: [], seed: 0 }, 0);
  const counts: number[] = [];
  for (const rows of [5, 16, 40]) {
    const oracle = await parameterOracleOf(task, rows);
    counts.push(await correctUnder(oracle, watched, { attack: task.watch, away: 'label', trial: { ...task.trial, epsilon: 0.001 } }, 0));
    await oracle.close();
  }
  expect(counts[0]).toBeGreaterThan(0);
  expect(new Set(counts).size).toBe(1);
});
