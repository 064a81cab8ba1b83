import * as v from 'valibot';
import { positive } from '../../core/options.ts';
import { crossEntropy } from '../objectives.ts';
import { defineMethod } from './method.ts';

/** Cross-entropy on what a single step from a random start finds. Wong et al. 2020, arXiv:2001.03994; a step of 1.25 ε. */
export const fast = defineMethod({
  name: 'fast',
  summary: 'cross-entropy on examples that one step from a random start has moved; in Linf',
  paper: '2001.03994',
  options: v.object({ stepSize: positive({ default: 1.25, description: 'length of the step, in units of epsilon' }) }),
  objective: (_, smoothing) => crossEntropy(smoothing),
  adversary: ({ stepSize }) => ({ name: 'fgsm-rs', options: { stepSize, stopWhenFooled: false }, away: 'label' }),
  watched: true,
});
