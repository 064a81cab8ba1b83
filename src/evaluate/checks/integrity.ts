import { fail, notRun, pass, warn } from './rule.ts';
import type { Rule } from './rule.ts';

/** Of the adversarial examples: how many may fail on the original model, and how many rounding may undo unremarked. */
const mostDisagreed = 0.005;
const mostUndone = 0.5;

/** Whether what was counted is what happened. */
export const integrity: readonly Rule[] = [
  {
    id: 'attack-errors',
    title: 'Every attack ran to its end',
    check: ({ anomalies: { errors, firstError: first } }) => {
      if (!first) return pass(0, 'No attack failed.');
      return fail(errors, `Sample ${first.id} under ${first.attack} failed: ${first.error ?? 'no reason given'}`);
    },
  },
  {
    id: 'budget-and-box',
    title: 'Adversarial examples lie within epsilon and the box',
    check: ({ anomalies: { outside } }) =>
      outside === 0
        ? pass(0, 'Every returned point was checked in float64, without tolerance.')
        : fail(outside, 'Returned points lie outside the budget: please report this as a bug of breakwater.'),
  },
  {
    id: 'reverified',
    title: 'What fools the engine fools the original model',
    check: ({ anomalies: { found, disagreed }, original }) => {
      if (original === undefined) return notRun('The attacks ran on the original model itself: there is nothing to compare.');
      const compared = `${disagreed} of ${found} adversarial examples do not fool the original model in ${original}, whose verdict counts`;
      return disagreed <= mostDisagreed * found
        ? pass(disagreed, `${compared}.`)
        : fail(disagreed, `${compared}: ${original.startsWith('TF.js') ? 'attack it there, with --engine tensorflow, wasm or cpu' : 'please report this as a bug of breakwater'}.`);
    },
  },
  {
    id: 'eight-bit',
    title: 'Adversarial examples outlive rounding to 8 bits',
    check: ({ anomalies: { rounded, undoneBy8bit, outside8bit } }) => {
      if (rounded === 0) return undefined;
      const stated = `Rounding undoes ${undoneBy8bit} of ${rounded}, and takes ${outside8bit} out of the budget, by at most half a level in each value`;
      return undoneBy8bit <= mostUndone * rounded
        ? pass(undoneBy8bit, `${stated}.`)
        : warn(undoneBy8bit, `${stated}: attack with a larger epsilon, or beyond the first success (stopWhenFooled=false), if the model reads 8-bit files.`);
    },
  },
  {
    id: 'silent-success',
    title: 'No attack lost a success it had seen',
    check: ({ anomalies: { silent, firstSilent } }) =>
      silent === 0
        ? pass(0, 'No iterate was adversarial where the returned point is not.')
        : fail(silent, `Sample ${firstSilent} was fooled on the way, not at the end: the figure is overstated.`),
  },
];
