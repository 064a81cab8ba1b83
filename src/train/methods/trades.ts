import * as v from 'valibot';
import { notNegative } from '../../core/options.ts';
import { trades as objective } from '../objectives.ts';
import { innerSteps } from './innerSteps.ts';
import { defineMethod } from './method.ts';

/**
 * Cross-entropy on the clean example and β times its divergence from the adversarial one. Zhang et al. 2019,
 * arXiv:1901.08573; β 6, inner attack on the divergence in inference mode, from x + ε/32 · N(0, 1): 0.001 at 8/255.
 */
export const trades = defineMethod({
  name: 'trades',
  summary: 'cross-entropy on clean examples, and their divergence from adversarial ones',
  paper: '1901.08573',
  options: v.object({ ...innerSteps, beta: notNegative({ default: 6, description: 'weight of the divergence: more of it trades accuracy for robustness' }) }),
  objective: ({ beta }, smoothing) => objective({ beta, ...smoothing }),
  adversary: ({ steps, stepSize }) => ({ name: 'pgd', options: { steps, stepSize, stopWhenFooled: false }, away: 'clean' }),
});
