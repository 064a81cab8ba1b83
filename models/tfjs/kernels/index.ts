import { activationRules } from './activation.ts';
import { arrangeRules } from './arrange.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { matmulRules } from './matmul.ts';
import { normalisationRules } from './normalisation.ts';
import { poolingRules } from './pooling.ts';
import { reduceRules } from './reduce.ts';
import { resizeRules } from './resize.ts';
import type { Rules } from './rule.ts';

/** TF.js kernel → IR. */
export const kernelRules: Rules = {
  ...activationRules,
  ...arrangeRules,
  ...convolutionRules,
  ...elementwiseRules,
  ...matmulRules,
  ...normalisationRules,
  ...poolingRules,
  ...reduceRules,
  ...resizeRules,
};
