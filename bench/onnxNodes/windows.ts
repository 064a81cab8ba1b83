import type { Random } from '../../src/core/random.ts';
import type { Tensor } from '../../src/graph/check.ts';
import { between, chance, each, oneOf, tensorOf } from './draw.ts';
import type { Attributes, RandomNode } from './randomNode.ts';

/** Convolutions and pools of one to three spatial axes, with every attribute that moves a window. */
export function windowNode(random: Random): RandomNode {
  const op = oneOf(random, ['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool', 'LpPool']);
  const space = each(oneOf(random, [1, 2, 2, 2, 3]), () => between(random, 3, 8));
  const kernel = space.map(() => between(random, 1, 3));
  const channels = oneOf(random, [2, 4]);
  const x = tensorOf(random, [2, channels, ...space], 'float32', -1, 1);
  const attributes = placed(random, op, kernel);
  if (op.endsWith('Pool')) return { op, row: { inputs: [x], attributes: { ...attributes, ...pooled(random, op, kernel) }, opset: 22 } };
  return { op, row: { inputs: [x, ...weights(random, op, channels, kernel, attributes)], attributes, opset: oneOf(random, [7, 11, 22]) } };
}

function placed(random: Random, op: string, kernel: readonly number[]): Record<string, Attributes[string]> {
  const strides = kernel.map(() => between(random, 1, 3));
  const attributes: Record<string, Attributes[string]> = { strides };
  if (chance(random, 0.3)) attributes['dilations'] = kernel.map(() => between(random, 1, 2));
  if (chance(random, 0.25)) return { ...attributes, auto_pad: oneOf(random, ['SAME_UPPER', 'SAME_LOWER', 'VALID']) };
  if (chance(random, 0.6)) attributes['pads'] = [...kernel, ...kernel].map((size) => random.integer(size));
  if (op === 'ConvTranspose' && chance(random, 0.4)) attributes['output_padding'] = strides.map((stride) => random.integer(stride));
  return attributes;
}

function pooled(random: Random, op: string, kernel: readonly number[]): Attributes {
  return {
    kernel_shape: kernel,
    ceil_mode: random.integer(2),
    ...(op === 'AveragePool' && { count_include_pad: random.integer(2) }),
    ...(op === 'LpPool' && { p: between(random, 1, 3) }),
  };
}

function weights(random: Random, op: string, channels: number, kernel: readonly number[], attributes: Record<string, Attributes[string]>): Tensor[] {
  const group = oneOf(random, [1, 1, 2]);
  attributes['group'] = group;
  const [shape, out] = op === 'Conv' ? [[4, channels / group], 4] : [[channels, 3], 3 * group];
  const filter = tensorOf(random, [...shape, ...kernel], 'float32', -1, 1);
  return chance(random, 0.5) ? [filter, tensorOf(random, [out])] : [filter];
}
