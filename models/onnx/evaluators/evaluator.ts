import type { Attributes, DType, TensorData, Value } from '../../../src/graph/ir.ts';

/** A node whose inputs' numbers are known. */
export interface Application {
  readonly inputs: readonly Value[];
  readonly values: readonly TensorData[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

/** The numbers of a node's outputs; undefined where the op has no answer (a division by zero, an index outside). */
export type Evaluator = (at: Application) => readonly TensorData[] | undefined;

export type Evaluators = Readonly<Record<string, Evaluator>>;

const arrays: Readonly<Record<DType, new (length: number) => TensorData>> = {
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};

/** Zeros of the type that holds a dtype's numbers. */
export const zeros = (dtype: DType, length: number): TensorData => new arrays[dtype](length);

/** A number or a bigint for each place, as the dtype holds it. */
export function filled(dtype: DType, length: number, at: (i: number) => number | bigint): TensorData {
  const data = zeros(dtype, length) as { [i: number]: number | bigint };
  for (let i = 0; i < length; i++) data[i] = at(i);
  return data as TensorData;
}
