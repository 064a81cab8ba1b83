import * as v from 'valibot';
import { defineSchedule } from './schedule.ts';

/** The peak all along. */
export const constant = defineSchedule({
  name: 'constant',
  summary: 'the same rate all along',
  options: v.object({}),
  shape: () => 1,
});
