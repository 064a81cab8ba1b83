import type { Answer, Attack } from '../../core/attack.ts';

/** Fewer steps have no last tenth. */
const fewestSteps = 10;

/** The same attack. Of every run, the share of its whole rise that the best loss gained in the last tenth is noted. */
export function watched(attack: Attack, lastRises: number[]): Attack {
  return {
    ...attack,
    *run(context, options) {
      const losses: number[] = [];
      const run = attack.run(context, options);
      let asked = run.next();
      while (!asked.done) {
        let answer: Answer;
        try {
          answer = yield asked.value;
        } catch (error) {
          asked = run.throw(error);
          continue;
        }
        const loss = lossOf(answer);
        if (Number.isFinite(loss)) losses.push(loss);
        asked = run.next(answer);
      }
      if (losses.length >= fewestSteps) lastRises.push(lastRise(losses));
      return asked.value;
    },
  };
}

/** Of several answers, as gradients averaged over draws have them, the mean. NaN where no gradient was asked for. */
function lossOf(answer: Answer | readonly Answer[]): number {
  if (!Array.isArray(answer)) return (answer as Answer).loss;
  const answers = answer as readonly Answer[];
  return answers.reduce((sum, { loss }) => sum + loss, 0) / answers.length;
}

/** 0 where it did not rise at all. */
export function lastRise(losses: readonly number[]): number {
  const best = losses.slice(0, Math.ceil(0.9 * losses.length)).reduce((most, loss) => Math.max(most, loss), -Infinity);
  const end = losses.reduce((most, loss) => Math.max(most, loss), best);
  const start = losses[0] as number;
  return end > start ? (end - best) / (end - start) : 0;
}
