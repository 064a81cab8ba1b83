import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { openSession, runtime, type SessionOptions } from './session.ts';

type Values = Readonly<Record<string, Float32Array>>;

/** One ONNX graph of fixed shapes, opened. */
export interface Program<Output extends string> {
  /** `used` rows of every input count; an array may be longer or shorter than the batch. Answers live until the next run. */
  run(inputs: Values, used: number): Promise<Readonly<Record<Output, Float32Array>>>;
  release(): Promise<void>;
}

/** Opens an ONNX model whose inputs and outputs are float32, batch first. Its answers are written into the same memory each time. */
export async function openProgram<Output extends string>(model: Uint8Array, options: SessionOptions): Promise<Program<Output>> {
  const { Tensor } = await runtime();
  const session = await openSession(model, options);
  const shapeOf = (metadata: typeof session.inputMetadata) =>
    new Map(metadata.map((value) => [value.name, value.isTensor ? value.shape.map(Number) : []]));
  const inputShapes = shapeOf(session.inputMetadata);
  const padded = new Map<string, Float32Array>();
  const fetches: Record<string, OrtTensor> = {};
  const outputs: Record<string, Float32Array> = {};
  for (const [name, shape] of shapeOf(session.outputMetadata)) {
    const memory = new Float32Array(elements(shape));
    outputs[name] = memory;
    fetches[name] = new Tensor('float32', memory, shape);
  }

  /** A whole batch: the caller's own memory where it is long enough, else a copy of the rows in use above older ones. */
  const whole = (name: string, shape: readonly number[], values: Float32Array, used: number): Float32Array => {
    const [rows = 1] = shape;
    if (values.length >= elements(shape)) return values.subarray(0, elements(shape));
    const copy = padded.get(name) ?? new Float32Array(elements(shape));
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

const elements = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
