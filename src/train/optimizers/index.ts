import { tableOf } from '../choose.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

/** Every optimiser, by name. A new one is a file and a name here. */
export const optimizers = tableOf<Optimizer>([sgd, adam, adamw]);
