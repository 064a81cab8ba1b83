import type { Builder } from '../builder.ts';
import type { Attributes, Node, Value } from '../ir.ts';

/** A node whose gradient is wanted, seen from its rule. */
export interface Application {
  readonly g: Builder;
  readonly node: Node;
  readonly attributes: Attributes;
  /** As many as the op has; integers that stand for floats, as floats. `node.inputs` has them as they are. */
  readonly inputs: readonly [Value, Value, Value];
  /** The first output, as a float too. */
  readonly y: Value;
  /** The cotangent of the first output. */
  readonly dy: Value;
  /** The cotangents of all outputs; undefined is zero. */
  readonly dys: readonly (Value | undefined)[];
}

/**
 * A vector-Jacobian product: the cotangent of input number `input`, in that input's shape; undefined is zero. It is
 * asked only for inputs that carry cotangents and lead to what is differentiated.
 */
export type VjpRule = (at: Application, input: number) => Value | undefined;

/** The rule of a staircase: its derivative is zero wherever there is one. */
export const zero: VjpRule = () => undefined;

/** The rule of a one-input op whose derivative is taken value by value. */
export const times =
  (derivative: (at: Application) => Value): VjpRule =>
  (at) =>
    at.g.mul(at.dy, derivative(at));

/** The rule of an op that broadcasts its inputs: one formula per input, summed back to that input's shape. */
export const perInput =
  (...cotangents: readonly ((at: Application) => Value)[]): VjpRule =>
  (at, input) => {
    const cotangent = cotangents[input]?.(at);
    return cotangent && at.g.sumTo(cotangent, (at.inputs[input] as Value).shape);
  };
