import * as v from 'valibot';
import { notNegative } from '../../core/options.ts';
import { momentRates, moveByMoments } from './moments.ts';
import { defineOptimizer } from './optimizer.ts';

/** Steps of one size whatever the gradient's. Kingma and Ba 2014, arXiv:1412.6980, with their decay rates. */
export const adam = defineOptimizer({
  name: 'adam',
  summary: 'steps scaled by running means of the gradient and its square',
  paper: '1412.6980',
  learningRate: 2e-3,
  options: v.object({
    ...momentRates,
    weightDecay: notNegative({ default: 0, description: 'L2 penalty: weightDecay · w joins the gradient' }),
  }),
  memory: ['m', 'v'],
  move: (moving, pace, { weightDecay, ...rates }) => moveByMoments(moving, pace, { ...rates, penalty: weightDecay, decay: 0 }),
});
