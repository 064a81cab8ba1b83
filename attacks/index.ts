import type { Attack } from '../src/core/attack.ts';
import { apgdCe } from './apgdCe.ts';
import { apgdDlr } from './apgdDlr.ts';
import { apgdL1 } from './apgdL1.ts';
import { apgdT } from './apgdT.ts';
import { autoattack } from './autoattack.ts';
import { bim } from './bim.ts';
import { boundary } from './boundary.ts';
import { carliniWagner } from './carliniWagner.ts';
import { corruption } from './corruption.ts';
import { ddn } from './ddn.ts';
import { deepfool } from './deepfool.ts';
import { ead } from './ead.ts';
import { fab } from './fab.ts';
import { fabT } from './fabT.ts';
import { fgsm } from './fgsm.ts';
import { fgsmRs } from './fgsmRs.ts';
import { fmn } from './fmn.ts';
import { gaussianNoise } from './gaussianNoise.ts';
import { hopSkipJump } from './hopSkipJump.ts';
import { jsma } from './jsma.ts';
import { miFgsm } from './miFgsm.ts';
import { niFgsm } from './niFgsm.ts';
import { onePixel } from './onePixel.ts';
import { pgd } from './pgd.ts';
import { rotationTranslation } from './rotationTranslation.ts';
import { saltAndPepper } from './saltAndPepper.ts';
import { sigmaZero } from './sigmaZero.ts';
import { spsa } from './spsa.ts';
import { square } from './square.ts';
import { uniformNoise } from './uniformNoise.ts';

/** Every attack, as a program calls it. Adding one = a file, its name here, a row in its contract test. */
export const suite = {
  ...{ fgsm, bim, pgd, miFgsm, niFgsm, fgsmRs },
  ...{ apgdCe, apgdDlr, apgdT, apgdL1, fab, fabT, square, autoattack },
  ...{ deepfool, carliniWagner, ead, ddn, fmn, jsma, sigmaZero },
  ...{ spsa, onePixel, hopSkipJump, boundary, saltAndPepper },
  ...{ rotationTranslation, corruption },
  ...{ uniformNoise, gaussianNoise },
};

/** Every attack, by name. */
export const attacks: Readonly<Record<string, Attack>> = Object.fromEntries(Object.values(suite).map((attack: Attack) => [attack.name, attack]));
