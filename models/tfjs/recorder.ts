import type { BackendValues, DataType } from '@tensorflow/tfjs';
import { Graph, isConstant, Untraceable, type Attributes, type DType, type TensorData, type Value } from '../../src/graph/ir.ts';
import { pick, sameShape, stridesOf, type Shape } from '../../src/graph/broadcast.ts';
import { runKernel, type KernelInputs } from './runKernel.ts';
import type { Tf } from './tf.ts';

/** Appends a traced kernel's nodes to the graph. What is known while tracing becomes a constant at once. */
export class Recorder {
  readonly graph = new Graph();
  readonly tf: Tf;
  /** The kernel being recorded; its name goes onto the nodes. */
  kernel = '';

  constructor(tf: Tf) {
    this.tf = tf;
  }

  add(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}): Value {
    return this.graph.add(op, inputs, attributes, this.kernel);
  }

  constant(data: TensorData, shape: Shape, dtype: DType = 'float32'): Value {
    return this.graph.constant(data, shape, dtype, this.kernel);
  }

  /** A constant of TF.js's numbers. */
  known(data: BackendValues, shape: Shape, dtype: DataType): Value {
    if (dtype === 'string' || dtype === 'complex64') throw new Untraceable(this.kernel, `a ${dtype} tensor`);
    return this.constant(typed(data, dtype), shape, dtype);
  }

  /** Runs a kernel on constants, now. */
  evaluate(kernel: string, inputs: KernelInputs<Value>, attributes: object): Value[] {
    return runKernel(this.tf, kernel, inputs, attributes).map(({ values, shape, dtype }) => this.known(values, shape, dtype));
  }

  scalar(value: number): Value {
    return this.graph.scalar(value);
  }

  /** Looks through earlier reshapes: TF.js wraps most kernels in a pair of them. */
  reshape(x: Value, shape: Shape): Value {
    if (sameShape(x.shape, shape)) return x;
    const { node } = x;
    if (node.data) return this.constant(node.data, shape, x.dtype);
    const [source] = node.inputs;
    if (node.op === 'Reshape' && source) return this.reshape(source, shape);
    return this.add('Reshape', [x], { shape });
  }

  transpose(x: Value, perm: readonly number[]): Value {
    if (perm.every((from, axis) => from === axis)) return x;
    const { data } = x.node;
    if (!data) return this.add('Transpose', [x], { perm });
    return this.constant(permuted(data, x.shape, perm), pick(x.shape, perm), x.dtype);
  }
}

/** What TF.js has of the IR's types: every whole number is an int32 there. */
export type TfDType = Extract<DType, 'float32' | 'int32' | 'bool'>;

export function tfDType(dtype: DType): TfDType {
  return dtype === 'float32' || dtype === 'bool' ? dtype : 'int32';
}

/** The constant's numbers, or undefined for a value that depends on the input. */
export function numbersOf(value: Value): TensorData | undefined {
  return isConstant(value) ? value.node.data : undefined;
}

/** TF.js keeps what it was given: plain arrays and, for booleans, any numbers. */
function typed(data: BackendValues, dtype: TfDType): TensorData {
  const exact = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  return data instanceof exact ? data : exact.from(data as ArrayLike<number>);
}

function permuted(data: TensorData, shape: Shape, perm: readonly number[]): TensorData {
  const [to, step] = [pick(shape, perm), pick(stridesOf(shape), perm)];
  const out = data.slice();
  const [inner, stride] = [to.at(-1) as number, step.at(-1) as number];
  const outer = to.slice(0, -1);
  const position = outer.map(() => 0);
  for (let i = 0, from = 0; i < data.length; ) {
    for (let j = 0, at = from; j < inner; j++, at += stride) out[i++] = data[at] as never;
    // Count up like an odometer; `from` follows by each digit's stride.
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      from += step[axis] as number;
      if (++(position[axis] as number) < (outer[axis] as number)) break;
      position[axis] = 0;
      from -= (step[axis] as number) * (outer[axis] as number);
    }
  }
  return out;
}
