import type { DataType, MathBackendCPU, TensorInfo, TypedArray } from '@tensorflow/tfjs';
import { Untraceable, type Value } from '../../src/graph/ir.ts';
import type { Tf } from './tf.ts';

/** A kernel's tensors: named, or a list for those that take any number. */
export type KernelInputs<T> = Readonly<Record<string, T>> | readonly T[];

/** A tensor outside TF.js's engine. */
export interface Numbers {
  readonly values: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** Computes one kernel of constants on TF.js's cpu backend, whichever backend is active. */
export function runKernel(tf: Tf, name: string, inputs: KernelInputs<Value>, attributes: object): Numbers[] {
  const backend = tf.findBackend('cpu') as MathBackendCPU;
  const kernel = tf.getKernel(name, 'cpu');
  if (!kernel) throw new Untraceable(name, "TF.js's cpu backend has no such kernel");
  const made: TensorInfo[] = [];
  const write = ({ node, shape, dtype }: Value): TensorInfo => {
    const dataId = backend.write(node.data as TypedArray, [...shape], dtype as 'float32');
    const tensor: TensorInfo = { dataId, shape: [...shape], dtype: dtype as DataType };
    made.push(tensor);
    return tensor;
  };
  const named = mapInputs(inputs, write) as Record<string, TensorInfo>;
  const outputs = [kernel.kernelFunc({ inputs: named, attrs: { ...attributes }, backend })].flat();
  made.push(...outputs);
  const numbers = outputs.map(({ dataId, shape, dtype }) => ({ values: backend.readSync(dataId) as TypedArray, shape, dtype }));
  for (const { dataId } of made) backend.disposeData(dataId);
  return numbers;
}

export function mapInputs<T, U>(inputs: KernelInputs<T>, map: (input: T) => U): KernelInputs<U> {
  if (Array.isArray(inputs)) return (inputs as readonly T[]).map(map);
  // Optional inputs are passed as undefined or null.
  const given = Object.entries(inputs as Record<string, T>).filter(([, input]) => input !== undefined && input !== null);
  return Object.fromEntries(given.map(([name, input]) => [name, map(input)]));
}
