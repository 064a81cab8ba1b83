import type { TensorData, Value } from '../../src/graph/ir.ts';

/** The numbers of a value that depends on no input: shapes and what is computed from them. undefined where it does. */
export function known(value: Value): TensorData | undefined {
  return value.node.data;
}

export function isKnown(value: Value): boolean {
  return known(value) !== undefined;
}
