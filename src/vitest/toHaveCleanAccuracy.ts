import { percent } from '../report/figures.ts';
import { judged } from './judged.ts';
import { matched } from './matched.ts';
import type { Matched } from './matched.ts';
import { modelOf } from './subject.ts';
import type { On } from './subject.ts';

export interface CleanAccuracyOptions extends On {
  /** From 0 to 1. */
  readonly atLeast: number;
}

/** A scan runs at least one attack: the cheapest, so small that it needs no epsilon of the user's. */
const cheapest = { attacks: 'uniform-noise(draws=1)', norm: 'linf', epsilon: 1e-6 } as const;

/** Holds the accuracy without an attack against a floor. */
export async function toHaveCleanAccuracy(this: { readonly isNot: boolean }, received: unknown, { on, atLeast, confidence, ...asked }: CleanAccuracyOptions): Promise<Matched> {
  const request = { ...asked, ...cheapest, model: modelOf(received), data: on };
  const { report, verdict } = await judged(request, { clean: atLeast }, confidence);
  return matched(verdict, this.isNot, `to be right without an attack on at least ${percent(atLeast)}`, report);
}
