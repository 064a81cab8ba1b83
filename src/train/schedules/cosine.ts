import * as v from 'valibot';
import { notNegative } from '../../core/options.ts';
import { defineSchedule } from './schedule.ts';

/** Half a cosine, from the peak down. Loshchilov and Hutter 2016, arXiv:1608.03983, without restarts. */
export const cosine = defineSchedule({
  name: 'cosine',
  summary: 'half a cosine from the peak down',
  paper: '1608.03983',
  options: v.object({ last: notNegative({ default: 0, below: 1, description: 'what is left at the end, as a share of the peak' }) }),
  shape: (done, { last }) => last + ((1 - last) * (1 + Math.cos(Math.PI * done))) / 2,
});
