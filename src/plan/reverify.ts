import type { Dataset } from '../core/dataset.ts';
import type { OpenedEngine } from '../engine/choose.ts';
import { Reverification } from '../evaluate/reverification.ts';
import type { ReverificationOptions } from '../evaluate/reverification.ts';
import type { Subject } from './subject.ts';

/** Images in the unit box can be saved as 8 bits. */
export function isEightBit({ kind, bounds: { lower, upper } }: Dataset): boolean {
  return kind === 'image' && lower === 0 && upper === 1;
}

/** What the attacks find, run on the original model; where the engine is that already, only the 8-bit figure is left to ask. */
export function reverificationOf(
  { oracle, original }: OpenedEngine,
  { dataset }: Subject,
  { keep, seed }: Required<Pick<ReverificationOptions, 'keep' | 'seed'>>,
): Reverification {
  return new Reverification({ original: original ?? oracle, compare: original !== undefined, eightBit: isEightBit(dataset), keep, seed });
}

/** As a check names it; undefined where the attacks ran on the original itself. */
export function nameOf(original: OpenedEngine['original']): string | undefined {
  return original?.title;
}
