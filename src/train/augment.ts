import { UserError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Augmentation, Setting } from './augmentations/augmentation.ts';
import { augmentations } from './augmentations/index.ts';
import { choose } from './choose.ts';
import type { Choice, Chosen } from './choose.ts';

/** Looks up augmentations and refuses those that make no sense of such examples. */
export function chooseAugmentations(choices: readonly Choice[], { shape }: Pick<Setting, 'shape'>): Chosen<Augmentation>[] {
  return choices.map((choice) => {
    const chosen = choose('augmentation', augmentations, choice);
    if (chosen.plugin.images && shape.length !== 3) {
      throw new UserError(`${choice.name}: expected images [H, W, C], found examples of shape [${shape.join(', ')}]`);
    }
    return chosen;
  });
}

/**
 * Changes an example in place by each augmentation in turn. Each draws from a stream of its own: what one does, does not
 * depend on which others there are.
 */
export function augment(x: Float32Array, chosen: readonly Chosen<Augmentation>[], setting: Setting, random: Random): void {
  for (const { plugin, options } of chosen) plugin.apply(x, setting, random.split(plugin.name), options);
}
