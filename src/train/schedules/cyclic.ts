import * as v from 'valibot';
import { notNegative } from '../../core/options.ts';
import { defineSchedule } from './schedule.ts';

/** One cycle: up from 0 in a straight line and down to 0 again. Wong et al. 2020, arXiv:2001.03994; half-way as on CIFAR-10. */
export const cyclic = defineSchedule({
  name: 'cyclic',
  summary: 'one triangle: from 0 to the peak and back to 0',
  paper: '2001.03994',
  options: v.object({ peakAt: notNegative({ default: 0.5, below: 1, description: 'where in the run the peak lies, 0 to 1' }) }),
  shape: (done, { peakAt }) => (done < peakAt ? done / peakAt : (1 - done) / (1 - peakAt)),
});
