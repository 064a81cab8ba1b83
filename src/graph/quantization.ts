import { axisOf, range, sizeOf, type Shape } from './broadcast.ts';
import type { Builder } from './builder.ts';
import type { Value } from './ir.ts';

/** The ends of the integer types that stand for activations. */
export const integerEnds: Readonly<Record<string, readonly [low: number, high: number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
};

export const asFloat = (g: Builder, value: Value): Value =>
  value.dtype === 'float32' ? value : g.op('Cast', [value], { to: 'float32' });

/** The shape in which a vector along `axis` broadcasts against `shape`; any other scale or zero point keeps its own. */
export function besideShape(parameter: Shape, shape: Shape, axis: number): readonly number[] {
  if (parameter.length !== 1) return parameter;
  const at = sizeOf(parameter) === 1 ? -1 : axisOf(axis, shape.length);
  return range(0, shape.length).map((i) => (i === at ? (shape[i] as number) : 1));
}

/** A scale or zero point as a float that broadcasts against x. */
export function beside(g: Builder, parameter: Value, x: Value, axis: number): Value {
  return g.reshape(asFloat(g, parameter), besideShape(parameter.shape, x.shape, axis));
}

/** Integers less their zero point: what stands for the float, in steps. */
export function centred(g: Builder, value: Value, zeroPoint: Value, axis: number): Value {
  return g.sub(asFloat(g, value), beside(g, zeroPoint, value, axis));
}
