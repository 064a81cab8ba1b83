import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { sizeOf } from '../graph/broadcast.ts';
import { openSession, runtime, type SessionOptions } from './session.ts';

type Values = Readonly<Record<string, Float32Array>>;

/** One ONNX graph of fixed shapes, opened. */
export interface Program<Output extends string> {
  /** `used` rows of each input count; arrays may be longer or shorter than the batch. Answers last until the next. */
  run(inputs: Values, used: number): Promise<Readonly<Record<Output, Float32Array>>>;
  release(): Promise<void>;
}

/** Opens an ONNX model of float32 inputs and outputs, batch first. Its answers go into the same memory each time. */
export async function openProgram<Output extends string>(
  model: Uint8Array,
  options: SessionOptions,
): Promise<Program<Output>> {
  const { Tensor } = await runtime();
  const session = await openSession(model, options);
  const shapeOf = (metadata: typeof session.inputMetadata) =>
    new Map(metadata.map((value) => [value.name, value.isTensor ? value.shape.map(Number) : []]));
  const inputShapes = shapeOf(session.inputMetadata);
  const padded = new Map<string, Float32Array>();
  const fetches: Record<string, OrtTensor> = {};
  const outputs: Record<string, Float32Array> = {};
  for (const [name, shape] of shapeOf(session.outputMetadata)) {
    const memory = new Float32Array(sizeOf(shape));
    outputs[name] = memory;
    fetches[name] = new Tensor('float32', memory, shape);
  }

  /** A whole batch: the caller's own memory where long enough, else a copy of the rows in use over older ones. */
  const whole = (name: string, shape: readonly number[], values: Float32Array, used: number): Float32Array => {
    const [rows = 1] = shape;
    if (values.length >= sizeOf(shape)) return values.subarray(0, sizeOf(shape));
    const copy = padded.get(name) ?? new Float32Array(sizeOf(shape));
    padded.set(name, copy);
    copy.set(values.subarray(0, (used * copy.length) / rows));
    return copy;
  };

  return {
    async run(inputs, used) {
      const feeds: Record<string, OrtTensor> = {};
      for (const [name, shape] of inputShapes) {
        const values = inputs[name];
        if (!values) throw new Error(`no values for the graph's input ${name}`);
        feeds[name] = new Tensor('float32', whole(name, shape, values, used), shape);
      }
      await session.run(feeds, fetches);
      return outputs as Readonly<Record<Output, Float32Array>>;
    },
    release: () => session.release(),
  };
}
