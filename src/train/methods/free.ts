import * as v from 'valibot';
import { wholeNumber } from '../../core/options.ts';
import { crossEntropy } from '../objectives.ts';
import { defineMethod } from './method.ts';

/**
 * Every batch several times over, each training step also moving its perturbation. Shafahi et al. 2019, arXiv:1904.12843;
 * 8 replays, steps of ε. An epoch takes as many steps as 8 epochs of another method: ask for fewer of them.
 */
export const free = defineMethod({
  name: 'free',
  summary: 'cross-entropy, each batch replayed, weights and perturbation moved by one and the same pass',
  paper: '1904.12843',
  options: v.object({ replays: wholeNumber({ default: 8, description: 'training steps on each batch' }) }),
  objective: (_, smoothing) => crossEntropy(smoothing),
  adversary: ({ replays }) => ({ replays }),
});
