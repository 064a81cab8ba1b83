import * as v from 'valibot';
import { notNegative } from '../../core/options.ts';
import { momentRates, moveByMoments } from './moments.ts';
import { defineOptimizer } from './optimizer.ts';

/**
 * Adam whose weight decay stays out of the running means: w also shrinks by rate · weightDecay · w. Loshchilov and
 * Hutter 2017, arXiv:1711.05101; the decay is in units of the learning rate and its default 0.01, as in PyTorch.
 */
export const adamw = defineOptimizer({
  name: 'adamw',
  summary: 'adam with weight decay beside its step',
  paper: '1711.05101',
  learningRate: 2e-3,
  options: v.object({
    ...momentRates,
    weightDecay: notNegative({ default: 0.01, description: 'share of the weights that a learning rate of 1 would take away' }),
  }),
  memory: ['m', 'v'],
  move: (moving, pace, { weightDecay, ...rates }) => moveByMoments(moving, pace, { ...rates, penalty: 0, decay: weightDecay }),
});
