import { isNoise } from '../strengths.ts';
import { fail, pass, warn } from './rule.ts';
import type { Rule } from './rule.ts';

/** Share of the clean examples on which float32 may leave nothing of cross-entropy's gradient. */
const mostCertain = 0.1;
/** Ops that a sentence names. */
const mostNamed = 5;

/** Whether the model answers in a way that attacks can work with. */
export const model: readonly Rule[] = [
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
    id: 'gradient-path',
    title: 'Every op on the way to the logits has a gradient',
    check: ({ gradient, anomalies: { gradientQueries } }) => {
      if (!gradient || gradientQueries === 0) return undefined;
      const { straightThrough, ends, reaches } = gradient;
      if (ends.length === 0) return pass(0, `Gradients pass straight through ${straightThrough.join(', ')}: an estimate, not the slope.`);
      const named = `${ends.slice(0, mostNamed).join(', ')}${ends.length > mostNamed ? ` and ${ends.length - mostNamed} more` : ''}`;
      const advice = `${named} ${ends.length === 1 ? 'lets' : 'let'} none through: use --straight-through where values are rounded, and gradient-free attacks.`;
      return reaches ? warn(ends.length, advice) : fail(ends.length, advice);
    },
  },
  {
    id: 'logits-not-probabilities',
    title: 'Attacks see logits',
    check: ({ first: { probabilities } }) =>
      probabilities
        ? warn('probabilities', 'The model gives probabilities, on which losses vanish: save it without the layer that makes them.')
        : pass('logits', 'Losses are taken on logits, where they do not vanish.'),
  },
  {
    id: 'saturated-losses',
    title: 'Losses do not vanish where the model is certain',
    check: ({ first: { certain }, attacks }) => {
      if (!attacks.some(({ crossEntropy }) => crossEntropy)) return undefined;
      if (certain <= mostCertain) return pass(certain, 'Cross-entropy has a gradient on the clean examples.');
      const [other] = attacks.filter(({ name, crossEntropy }) => !crossEntropy && !isNoise(name));
      return other
        ? pass(certain, `The model is too certain for cross-entropy, and ${other.name}, which does not follow it, was run too.`)
        : fail(certain, 'The model is too certain of that share for cross-entropy to have a gradient in float32: add an attack to which the size of logits is nothing, such as apgd-t or pgd(loss=margin).');
    },
  },
  {
    id: 'deterministic',
    title: 'Asked again, the model answers the same',
    check: ({ random, first: { steady }, attacks }) => {
      if (!random && steady) return pass('same', 'Repeated passes agree.');
      const [averaging] = attacks.filter(({ averages }) => averages);
      return averaging
        ? pass('random', `It answers by chance, and ${averaging.name} averages its gradients over draws.`)
        : fail('random', 'It answers by chance, which misleads attacks that ask once: add autoattack(version=rand) or pgd(draws=20), or save it with dropout and noise off.');
    },
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
];
