import type { Attack } from '../src/core/attack.ts';
import { bim } from './bim.ts';
import { fgsm } from './fgsm.ts';
import { gaussianNoise } from './gaussianNoise.ts';
import { pgd } from './pgd.ts';
import { uniformNoise } from './uniformNoise.ts';

/** Every attack, by name. */
export const attacks: Readonly<Record<string, Attack>> = Object.fromEntries(
  [fgsm, bim, pgd, uniformNoise, gaussianNoise].map((attack) => [attack.name, attack]),
);
