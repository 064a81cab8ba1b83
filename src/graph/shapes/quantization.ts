import type { DType } from '../ir.ts';
import type { Infer, Typed } from '../shapes.ts';
import { int } from '../attributes.ts';
import { matmulShapes } from './matmul.ts';
import { windowShapes } from './window.ts';

const shapeOf = (infer: Infer | undefined, ...given: Parameters<Infer>): readonly number[] =>
  (infer?.(...given)[0] as Typed).shape;

/**
 * Floats and the integers that stand for them: real = (integer − zero point) · scale. Scales and zero points are scalars,
 * or vectors along `axis`, or have one entry for each row of a batch. All inputs are always there, except a bias.
 */
export const quantizationShapes: Record<string, Infer> = {
  /** x, scale, zero point: to the zero point's type. */
  QuantizeLinear: (_, x, _scale, zero) => [{ shape: x.shape, dtype: zero.dtype }],
  /** x, scale, zero point */
  DequantizeLinear: (_, x) => [{ shape: x.shape, dtype: 'float32' }],
  /** To uint8 over the range of x, or where `perRow` is 1 over that of each of its first axis's entries; scale and zero point. */
  DynamicQuantizeLinear: (attributes, x) => {
    const [rows = 1, ...rest] = x.shape;
    const scale = int(attributes, 'perRow', 0) === 1 ? [rows, ...rest.map(() => 1)] : [];
    const typed = (shape: readonly number[], dtype: DType): Typed => ({ shape, dtype });
    return [typed(x.shape, 'uint8'), typed(scale, 'float32'), typed(scale, 'uint8')];
  },
  /** x, scale, zero; w, scale, zero; scale, zero of the result; bias of int32 */
  QLinearConv: (attributes, x, _xs, _xz, w, _ws, _wz, _ys, zero) => [
    { shape: shapeOf(windowShapes['Conv'], attributes, x, w), dtype: (zero as Typed).dtype },
  ],
  /** a, scale, zero; b, scale, zero; scale, zero of the result */
  QLinearMatMul: (attributes, a, _as, _az, b, _bs, _bz, _ys, zero) => [
    { shape: shapeOf(matmulShapes['MatMul'], attributes, a, b), dtype: (zero as Typed).dtype },
  ],
  /** x, w, their zero points: (x − zero) ∗ (w − zero), whole. x's may have one entry per row. */
  ConvInteger: (attributes, x, w) => [{ shape: shapeOf(windowShapes['Conv'], attributes, x, w), dtype: 'int32' }],
  /** The same of matrices. */
  MatMulInteger: (attributes, a, b) => [{ shape: shapeOf(matmulShapes['MatMul'], attributes, a, b), dtype: 'int32' }],
};
