import type { Value } from '../../../src/graph/ir.ts';
import { broadcast, sizeOf } from '../../../src/graph/broadcast.ts';
import type { Recorder } from '../recorder.ts';
import { activate, type Fused } from './activation.ts';
import type { Rules } from './rule.ts';

interface Factors {
  readonly a: Value;
  readonly b: Value;
}
interface Flips {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}
interface FusedInputs extends Factors {
  readonly bias?: Value;
  readonly preluActivationWeights?: Value;
}

export const matmulRules: Rules = {
  BatchMatMul: (r, factors: Factors, flips: Flips) => product(r, factors, flips, (y) => y),
  _FusedMatMul: (r, { bias, preluActivationWeights, ...factors }: FusedInputs, attributes: Flips & Fused) =>
    product(r, factors, attributes, (y) =>
      activate(r, bias ? r.add('Add', [y, rowVector(r, bias)]) : y, attributes, preluActivationWeights),
    ),
};

/**
 * a·b over the last two axes, then `finish`. TF.js calls a dense layer a batch of one: where b is one matrix the product
 * is flattened to two dimensions, which ONNX Runtime runs as a single Gemm.
 */
function product(r: Recorder, factors: Factors, flips: Flips, finish: (y: Value) => Value): Value {
  const a = flips.transposeA ? r.transpose(factors.a, lastTwoSwapped(factors.a)) : factors.a;
  const b = flips.transposeB ? r.transpose(factors.b, lastTwoSwapped(factors.b)) : factors.b;
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (sizeOf(bBatch) !== 1) return finish(r.add('MatMul', [a, b]));
  const [m, k] = a.shape.slice(-2) as [number, number];
  const [rows, n] = b.shape.slice(-2) as [number, number];
  // In TF.js this is for each backend to see.
  if (k !== rows) throw new Error(`a product of ${k} columns with ${rows} rows`);
  const flat = r.add('MatMul', [r.reshape(a, [sizeOf(aBatch) * m, k]), r.reshape(b, [k, n])]);
  return r.reshape(finish(flat), [...broadcast(aBatch, bBatch), m, n]);
}

function lastTwoSwapped({ shape }: Value): number[] {
  const axes = shape.map((_, axis) => axis);
  return [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
}

/** [1, 1, n] → [n], so that it broadcasts over flattened and batched products alike. */
function rowVector(r: Recorder, bias: Value): Value {
  const n = bias.shape.at(-1) as number;
  return sizeOf(bias.shape) === n ? r.reshape(bias, [n]) : bias;
}
