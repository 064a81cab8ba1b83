import type { BackendValues, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { Untraceable, type Value } from '../../src/graph/ir.ts';
import { numbersOf, tfDType, type Recorder } from './recorder.ts';
import type { Tf } from './tf.ts';

/** What TF.js identifies a tensor's data by: any object. */
type DataId = TensorInfo['dataId'];

/** A TF.js backend whose tensors are values of a graph. */
export interface TraceBackend extends KernelBackend {
  /** The graph's value of a tensor; one of another backend becomes a constant, without moving. */
  toValue(tensor: TensorInfo): Value;
  /** From here on a tensor of another backend is this value, whatever it holds. */
  replace(tensor: TensorInfo, value: Value): void;
  /** A new tensor that stands for a value. */
  toTensor(value: Value): TensorInfo;
}

export function traceBackend(tf: Tf, recorder: Recorder): TraceBackend {
  return new (class extends tf.KernelBackend implements TraceBackend {
    readonly values = new Map<DataId, Value>();
    readonly references = new Map<DataId, number>();
    readonly foreign = new Map<DataId, Value>();

    toValue({ dataId, shape, dtype }: TensorInfo): Value {
      const known = this.values.get(dataId) ?? this.foreign.get(dataId);
      if (known) return recorder.reshape(known, shape);
      // Read, never moved: TF.js disposes of the original when it moves data to another backend.
      const value = recorder.known(tf.engine().readSync(dataId), shape, dtype);
      this.foreign.set(dataId, value);
      return value;
    }

    replace({ dataId }: TensorInfo, value: Value): void {
      this.foreign.set(dataId, value);
    }

    toTensor(value: Value): TensorInfo {
      const dataId = {};
      this.values.set(dataId, value);
      this.references.set(dataId, 1);
      return { dataId, shape: [...value.shape], dtype: tfDType(value.dtype) };
    }

    override write(data: BackendValues, shape: number[], dtype: DataType): DataId {
      return this.toTensor(recorder.known(data, shape, dtype)).dataId;
    }

    override readSync(dataId: DataId): BackendValues {
      const value = this.values.get(dataId);
      const data = value && numbersOf(value);
      if (data && !(data instanceof BigInt64Array || data instanceof Int8Array)) return data;
      throw new Untraceable(value?.node.name ?? 'a tensor', 'its result depends on the input, yet the model reads it');
    }

    override read(dataId: DataId): Promise<BackendValues> {
      return Promise.resolve(this.readSync(dataId));
    }

    override refCount(dataId: DataId): number {
      return this.references.get(dataId) ?? 0;
    }

    override incRef(dataId: DataId): void {
      this.references.set(dataId, this.refCount(dataId) + 1);
    }

    override disposeData(dataId: DataId, force = false): boolean {
      const left = this.refCount(dataId) - 1;
      this.references.set(dataId, left);
      if (left > 0 && !force) return false;
      this.references.delete(dataId);
      return this.values.delete(dataId);
    }

    override numDataIds(): number {
      return this.values.size;
    }

    override memory(): { unreliable: boolean } {
      return { unreliable: false };
    }

    override floatPrecision(): 32 {
      return 32;
    }

    override dispose(): void {
      this.values.clear();
      this.foreign.clear();
    }
  })();
}
