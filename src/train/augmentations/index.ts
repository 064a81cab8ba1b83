import { tableOf } from '../choose.ts';
import type { Augmentation } from './augmentation.ts';
import { crop } from './crop.ts';
import { flip } from './flip.ts';
import { noise } from './noise.ts';

/** Every augmentation, by name. A new one is a file and a name here. */
export const augmentations = tableOf<Augmentation>([flip, crop, noise]);
