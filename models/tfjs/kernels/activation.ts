import { Untraceable, type Value } from '../../../src/graph/ir.ts';
import type { Recorder } from '../recorder.ts';
import type { Rules } from './rule.ts';

/** What TF.js can fuse into a convolution or a matrix product. */
export interface Fused {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

const fusable: Readonly<Record<string, (r: Recorder, x: Value, fused: Fused, slope?: Value) => Value>> = {
  linear: (_, x) => x,
  relu: (r, x) => r.add('Relu', [x]),
  relu6: (r, x) => r.add('Clip', [x], { min: 0, max: 6, rectifies: 1 }),
  elu: (r, x) => r.add('Elu', [x], { alpha: 1 }),
  sigmoid: (r, x) => r.add('Sigmoid', [x]),
  leakyrelu: (r, x, { leakyreluAlpha }) => r.add('LeakyRelu', [x], { alpha: leakyreluAlpha }),
  prelu: (r, x, _, slope) => r.add('PRelu', [x, slope]),
};

export function activate(r: Recorder, x: Value, fused: Fused, slope?: Value): Value {
  const activation = fusable[fused.activation];
  if (!activation) throw new Untraceable(r.kernel, `fused activation '${fused.activation}' is unknown`);
  return activation(r, x, fused, slope);
}

export const activationRules: Rules = {
  Relu: (r, { x }: { x: Value }) => activate(r, x, { activation: 'relu' }),
  Relu6: (r, { x }: { x: Value }) => activate(r, x, { activation: 'relu6' }),
  Elu: (r, { x }: { x: Value }) => activate(r, x, { activation: 'elu' }),
  Sigmoid: (r, { x }: { x: Value }) => activate(r, x, { activation: 'sigmoid' }),
  LeakyRelu: (r, { x }: { x: Value }, { alpha }: { alpha: number }) =>
    activate(r, x, { activation: 'leakyrelu', leakyreluAlpha: alpha }),
  Prelu: (r, { x, alpha }: { x: Value; alpha: Value }) => activate(r, x, { activation: 'prelu' }, alpha),
  Selu: (r, { x }: { x: Value }) => r.add('Selu', [x]),
  Softplus: (r, { x }: { x: Value }) => r.add('Softplus', [x]),
  Softmax: (r, { logits }: { logits: Value }, { dim }: { dim: number }) => r.add('Softmax', [logits], { axis: dim }),
};
