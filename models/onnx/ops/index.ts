import type { Importers } from '../importer.ts';
import { activationOps } from './activation.ts';
import { convolutionOps } from './convolution.ts';
import { dropoutOps } from './dropout.ts';
import { einsumOps } from './einsum.ts';
import { elementwiseOps } from './elementwise.ts';
import { logicOps } from './logic.ts';
import { matmulOps } from './matmul.ts';
import { normalizationOps } from './normalization.ts';
import { poolingOps } from './pooling.ts';
import { reduceOps } from './reduce.ts';

/** Every ONNX op that has a meaning in the IR, by name; those of other domains as `domain.Op`. */
export const importers: Importers = {
  ...activationOps,
  ...convolutionOps,
  ...dropoutOps,
  ...einsumOps,
  ...elementwiseOps,
  ...logicOps,
  ...matmulOps,
  ...normalizationOps,
  ...poolingOps,
  ...reduceOps,
};
