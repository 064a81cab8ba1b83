import type { Attack } from '../src/core/attack.ts';
import { apgdCe } from './apgdCe.ts';
import { apgdDlr } from './apgdDlr.ts';
import { apgdL1 } from './apgdL1.ts';
import { apgdT } from './apgdT.ts';
import { bim } from './bim.ts';
import { fab } from './fab.ts';
import { fabT } from './fabT.ts';
import { fgsm } from './fgsm.ts';
import { fgsmRs } from './fgsmRs.ts';
import { gaussianNoise } from './gaussianNoise.ts';
import { miFgsm } from './miFgsm.ts';
import { niFgsm } from './niFgsm.ts';
import { onePixel } from './onePixel.ts';
import { pgd } from './pgd.ts';
import { spsa } from './spsa.ts';
import { square } from './square.ts';
import { uniformNoise } from './uniformNoise.ts';

/** Every attack, by name. */
export const attacks: Readonly<Record<string, Attack>> = Object.fromEntries(
  [
    ...[fgsm, bim, pgd, miFgsm, niFgsm, fgsmRs],
    ...[apgdCe, apgdDlr, apgdT, apgdL1, fab, fabT, square],
    ...[spsa, onePixel],
    ...[uniformNoise, gaussianNoise],
  ].map((attack: Attack) => [attack.name, attack]),
);
