import { UserError } from '../core/errors.ts';
import type { Oracle } from '../core/oracle.ts';
import { argmax } from '../evaluate/prediction.ts';
import { collapse, type Collapse } from './catastrophicOverfitting.ts';
import { rowsOf, type Batch } from './fillBatch.ts';
import { craft, type Crafting } from './innerAttack.ts';
import { checkpointOf, runOf, type Run } from './run.ts';
import type { Task } from './task.ts';

/** One batch in so many is watched, in so many of its rows. */
const [oneIn, rows] = [4, 32];
/** Watched batches from one judgement to the next: 256 examples. */
const stretch = 8;
/** What a collapse leaves of the step; once less than this is left, shorter steps are no cure. */
const [shorter, least] = [0.5, 1 / 16];

/** Whether this batch of the epoch is one of those. */
export function isWatched({ batch }: Run): boolean {
  return batch % oneIn === 0;
}

/** How many of a batch's first examples the model, as it stands, classifies correctly under an attack of several steps. */
export async function correctUnder(oracle: Oracle, batch: Batch, watch: Crafting, epoch: number): Promise<number> {
  const examples = rowsOf(batch).slice(0, rows);
  const advs = await craft(oracle, examples, watch, epoch);
  const { batchSize, size } = oracle;
  let correct = 0;
  for (let start = 0; start < examples.length; start += batchSize) {
    const some = examples.slice(start, start + batchSize);
    const { logits } = await oracle.predict(advs.subarray(start * size, (start + some.length) * size), some.length);
    correct += correctIn(logits, some.map(({ y }) => y));
  }
  return correct;
}

/** Notes a watched batch: `pgd` of its first examples held, and these are the logits of what the single step made of the batch. */
export function note(run: Run, pgd: number, logits: Float32Array, { y }: Batch): void {
  const labels = y.slice(0, rows);
  run.figures.push({ total: labels.length, fgsm: correctIn(logits.subarray(0, (logits.length / y.length) * labels.length), labels), pgd });
}

/** What became of a run: another one to go on with, and a line about it. */
export interface Answered {
  readonly run: Run;
  readonly line: string;
}

/** At the end of a stretch: goes back to where the model was sound, to go on with shorter steps; or remembers that it is sound. */
export function answer(run: Run, task: Task): Answered | undefined {
  if (run.figures.length === 0 || run.figures.length % stretch > 0) return undefined;
  const found = collapse(run.figures);
  if (found && run.sound) return shortened(run, found, runOf(run.sound, task));
  if (!collapse(run.figures, { drop: slight })) run.sound = checkpointOf({ ...run, sound: undefined });
  return undefined;
}

/** A fall that is not yet a collapse, nor a place to go back to. */
const slight = 0.1;

function shortened(run: Run, { sound, now }: Collapse, earlier: Run): Answered {
  const fallen = `accuracy under PGD fell from ${sound.pgd.toFixed(2)} to ${now.pgd.toFixed(2)}, under the step that trains from ${sound.fgsm.toFixed(2)} to ${now.fgsm.toFixed(2)}`;
  const share = run.shortened * shorter;
  const line = `epoch ${run.epoch + 1}, batch ${run.batch}: the model overfits to a single step: ${fallen}`;
  if (share < least) throw new UserError(`${line}, again and again although the steps were shortened; expected a method with more steps here, such as pgd`);
  return { run: { ...earlier, shortened: share, sound: run.sound }, line: `${line}; back to epoch ${earlier.epoch + 1}, batch ${earlier.batch}, with steps ${share} as long as asked for` };
}

function correctIn(logits: Float32Array, labels: readonly number[]): number {
  const classes = logits.length / labels.length;
  return labels.reduce((sum, label, row) => sum + Number(argmax(logits.subarray(row * classes, (row + 1) * classes)) === label), 0);
}
