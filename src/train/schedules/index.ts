import { tableOf } from '../choose.ts';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import { cyclic } from './cyclic.ts';
import type { Schedule } from './schedule.ts';
import { step } from './step.ts';

/** Every schedule, by name. A new one is a file and a name here. */
export const schedules = tableOf<Schedule>([cyclic, cosine, step, constant]);
