import * as v from 'valibot';
import { positive, positiveOr, wholeNumber } from '../src/core/options.ts';
import { carliniWagnerL2 } from './carliniWagnerL2.ts';
import { carliniWagnerLinf } from './carliniWagnerLinf.ts';
import { defineGradientAttack } from './defineGradientAttack.ts';

/** What both norms share of the options, in the paper's letters. */
export interface CarliniWagnerOptions {
  readonly steps: number;
  readonly learningRate?: number | undefined;
  readonly searches: number;
  readonly firstConst: number;
}

/**
 * Carlini and Wagner's attacks: Adam on the distance plus c times the margin. Carlini & Wagner 2016, arXiv:1608.04644.
 */
export const carliniWagner = defineGradientAttack({
  name: 'cw',
  summary: 'smallest perturbation: Adam on distance plus margin, weighted by a search',
  paper: '1608.04644',
  norms: ['linf', 'l2'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 1000, description: 'the most gradient steps of a search' }),
    learningRate: positiveOr({ default: '0.01 in L2, 0.005 in Linf', description: 'of Adam' }),
    searches: wholeNumber({ default: 9, description: 'weights c tried' }),
    firstConst: positive({ default: 0.001, description: 'first weight c of the margin' }),
  }),
  run: (context, options) => (context.norm === 'l2' ? carliniWagnerL2 : carliniWagnerLinf)(context, options),
});
