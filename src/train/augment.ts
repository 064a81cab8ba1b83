import { UserError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Augmentation, Setting } from './augmentations/augmentation.ts';
import { augmentations } from './augmentations/index.ts';
import { choose } from './choose.ts';
import type { Choice, Chosen } from './choose.ts';

export function chooseAugmentations(choices: readonly Choice[]): Chosen<Augmentation>[] {
  return choices.map((choice) => choose('augmentation', augmentations, choice));
}

/** Refuses those that make no sense of such examples. */
export function checkAugmentations(chosen: readonly Chosen<Augmentation>[], { shape }: Pick<Setting, 'shape'>): void {
  const ofImages = chosen.find(({ plugin }) => plugin.images);
  if (!ofImages || shape.length === 3) return;
  throw new UserError(`${ofImages.plugin.name}: expected images [H, W, C], found examples of shape [${shape.join(', ')}]`);
}

/**
 * Changes an example in place by each augmentation in turn. Each draws from a stream of its own: what one does, does not
 * depend on which others there are.
 */
export function augment(x: Float32Array, chosen: readonly Chosen<Augmentation>[], setting: Setting, random: Random): void {
  for (const { plugin, options } of chosen) plugin.apply(x, setting, random.split(plugin.name), options);
}
