import { tableOf } from '../choose.ts';
import { fast } from './fast.ts';
import { free } from './free.ts';
import { mart } from './mart.ts';
import type { Method } from './method.ts';
import { pgd } from './pgd.ts';
import { trades } from './trades.ts';

/** Every method, by name. A new one is a file and a name here. */
export const methods = tableOf<Method>([pgd, fast, free, trades, mart]);
