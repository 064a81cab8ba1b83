import * as v from 'valibot';
import { notNegative } from '../../core/options.ts';
import { defineSchedule } from './schedule.ts';

/** Two drops, half-way and at three quarters: steps 40,000 and 60,000 of 80,000 in Madry et al. 2017, arXiv:1706.06083. */
export const step = defineSchedule({
  name: 'step',
  summary: 'the peak, dropped half-way and at three quarters',
  paper: '1706.06083',
  options: v.object({ drop: notNegative({ default: 0.1, below: 1, description: 'share that each drop leaves' }) }),
  shape: (done, { drop }) => drop ** [1 / 2, 3 / 4].filter((at) => done >= at).length,
});
