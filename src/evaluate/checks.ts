import type { Knowledge } from '../core/attack.ts';
import type { AttackRow, Check, RobustnessReport } from '../core/report.ts';
import type { Anomalies } from './anomalies.ts';
import { samplesToDecide } from './statistics.ts';
import type { Interval } from './statistics.ts';

/** What the checks look at: all of it is there anyway when a scan ends. */
export interface Evidence {
  readonly anomalies: Anomalies;
  /** In the order asked, with what the attack knows of the model. */
  readonly attacks: readonly (AttackRow & { readonly knowledge: Knowledge })[];
  readonly worstCase: RobustnessReport['worstCase'];
  /** What the adversarial examples were run on again; undefined where the attacks ran on the original model itself. */
  readonly original: string | undefined;
  /** What the attacks aimed at; undefined: at any wrong class. */
  readonly target: RobustnessReport['threat']['target'];
  readonly rows: RobustnessReport['engine']['rows'];
  /** What the model gives for logits are distributions. */
  readonly probabilities: boolean;
  readonly atLeast: number | undefined;
  readonly interval: Interval;
}

type Finding = Pick<Check, 'status' | 'value' | 'advice'>;

/** A rule of evaluation-checks that a scan can hold itself to without further queries. undefined: nothing to check. */
interface Rule {
  readonly id: string;
  readonly title: string;
  readonly check: (evidence: Evidence) => Finding | undefined;
}

const pass = (value: Check['value'], advice: string): Finding => ({ status: 'pass', value, advice });
const warn = (value: Check['value'], advice: string): Finding => ({ status: 'warn', value, advice });
const fail = (value: Check['value'], advice: string): Finding => ({ status: 'fail', value, advice });

/** Of the adversarial examples: how many may fail on the original model, and how many rounding may undo unremarked. */
const mostDisagreed = 0.005;
const mostUndone = 0.5;

const rules: readonly Rule[] = [
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
      if (original === undefined) return { status: 'not-run', value: null, advice: 'The attacks ran on the original model itself: there is nothing to compare.' };
      const compared = `${disagreed} of ${found} adversarial examples do not fool the original model in ${original}, whose verdict counts`;
      return disagreed <= mostDisagreed * found
        ? pass(disagreed, `${compared}.`)
        : fail(disagreed, `${compared}: attack it there, with --engine tensorflow, wasm or cpu.`);
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
  {
    id: 'iterative-at-least-single-step',
    title: 'Iterative attacks are at least as strong as the single step',
    check: ({ attacks }) => {
      const single = attacks.filter(({ name }) => name === 'fgsm').map(({ successRate }) => successRate);
      const iterative = attacks.filter(({ name }) => name === 'bim' || name === 'pgd').map(({ successRate }) => successRate);
      if (single.length === 0 || iterative.length === 0) return undefined;
      const gain = Math.max(...iterative) - Math.max(...single);
      return gain >= 0
        ? pass(gain, 'The iterative attack breaks at least as many samples as FGSM.')
        : fail(gain, 'FGSM breaks more than the iterative attack: give it more steps or restarts, and suspect masked gradients.');
    },
  },
  {
    id: 'gradients-exist',
    title: 'The model gives the attacks a gradient',
    check: ({ anomalies: { gradientQueries, uselessGradients } }) => {
      if (gradientQueries === 0) return undefined;
      const useless = uselessGradients / gradientQueries;
      return useless <= 0.01
        ? pass(useless, 'At most 1 % of the gradients were zero or not finite.')
        : fail(useless, 'Many gradients are zero or not finite: look for a saturated or rounding operation, or for columns that may not move, and use gradient-free attacks.');
    },
  },
  {
    id: 'logits-not-probabilities',
    title: 'Attacks see logits',
    check: ({ probabilities }) =>
      probabilities
        ? warn('probabilities', 'The model gives probabilities, on which losses vanish: save it without the layer that makes them.')
        : pass('logits', 'Losses are taken on logits, where they do not vanish.'),
  },
  {
    id: 'rows-independent',
    title: "An example's answer does not depend on its neighbours in the batch",
    check: ({ rows }) => {
      if (rows === 'exact') return pass(rows, 'Answers are the same to the last bit in any batch.');
      return rows === 'rounding'
        ? pass(rows, 'Answers differ by rounding between batches: outcomes may differ on samples at the very edge.')
        : warn(rows, 'The model mixes the examples of a batch, so it is asked about one at a time.');
    },
  },
  {
    id: 'untargeted',
    title: 'Attacks aim at any wrong class',
    check: ({ target }) =>
      target === undefined
        ? undefined
        : warn(target, 'Attacks that want one class leave examples alone that another would break: the figure may be too high, scan without a target too.'),
  },
  {
    id: 'diversity',
    title: 'A gradient-free attack is among those run',
    check: ({ attacks }) => {
      const [first] = attacks.filter(({ name, knowledge }) => knowledge !== 'gradient' && !name.endsWith('-noise'));
      return first
        ? pass(first.name, 'Masked gradients would show in its result.')
        : warn('none', 'Only gradients and noise were tried: masked gradients go unnoticed without a score- or decision-based attack.');
    },
  },
  {
    id: 'sample-size',
    title: 'Enough samples for the floor asked for',
    check: ({ atLeast, worstCase: { robustAccuracy, interval }, interval: exact }) => {
      if (atLeast === undefined) return undefined;
      const width = `±${Number((50 * (interval[1] - interval[0])).toPrecision(2))} points`;
      if (interval[0] >= atLeast || interval[1] < atLeast) return pass(width, 'The interval settles the question.');
      const needed = samplesToDecide(robustAccuracy, atLeast, exact);
      return warn(
        width,
        needed === undefined
          ? 'The figure is at the floor itself: no number of samples would decide.'
          : `The interval contains the floor: about ${needed} samples would decide.`,
      );
    },
  },
];

/** Every check there was something to check for, in a fixed order. */
export function runChecks(evidence: Evidence): Check[] {
  return rules.flatMap(({ id, title, check }) => {
    const finding = check(evidence);
    return finding ? [{ id, title, ...finding }] : [];
  });
}
