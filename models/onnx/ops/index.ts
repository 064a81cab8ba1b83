import type { Importers } from '../importer.ts';
import { activationOps } from './activation.ts';
import { arrangeOps } from './arrange.ts';
import { attentionOps } from './attention.ts';
import { constantOps } from './constant.ts';
import { controlOps } from './control.ts';
import { convolutionOps } from './convolution.ts';
import { dropoutOps } from './dropout.ts';
import { einsumOps } from './einsum.ts';
import { elementwiseOps } from './elementwise.ts';
import { indexingOps } from './indexing.ts';
import { logicOps } from './logic.ts';
import { matmulOps } from './matmul.ts';
import { normalizationOps } from './normalization.ts';
import { poolingOps } from './pooling.ts';
import { quantizationOps } from './quantization.ts';
import { randomOps } from './random.ts';
import { reduceOps } from './reduce.ts';
import { resizeOps } from './resize.ts';
import { shapeOps } from './shape.ts';

/** Every ONNX op that has a meaning in the IR, by name; those of other domains as `domain.Op`. */
export const importers: Importers = {
  ...activationOps,
  ...arrangeOps,
  ...attentionOps,
  ...constantOps,
  ...controlOps,
  ...convolutionOps,
  ...dropoutOps,
  ...einsumOps,
  ...elementwiseOps,
  ...indexingOps,
  ...logicOps,
  ...matmulOps,
  ...normalizationOps,
  ...poolingOps,
  ...quantizationOps,
  ...randomOps,
  ...reduceOps,
  ...resizeOps,
  ...shapeOps,
};
