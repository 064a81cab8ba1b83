import { fail, pass, warn } from './rule.ts';
import type { Rule } from './rule.ts';

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
];
