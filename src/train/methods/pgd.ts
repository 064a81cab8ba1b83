import * as v from 'valibot';
import { crossEntropy } from '../objectives.ts';
import { innerSteps } from './innerSteps.ts';
import { defineMethod } from './method.ts';

/** Cross-entropy on what PGD finds. Madry et al. 2017, arXiv:1706.06083; 10 steps of ε/4 from a random start. */
export const pgd = defineMethod({
  name: 'pgd',
  summary: 'cross-entropy on examples that PGD has moved',
  paper: '1706.06083',
  options: v.object(innerSteps),
  objective: (_, smoothing) => crossEntropy(smoothing),
  adversary: (options) => ({ name: 'pgd', options: { ...options, stopWhenFooled: false }, away: 'label' }),
});
