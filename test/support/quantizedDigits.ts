import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../src/engine/session.ts';
import { digitsTest, digitsWeights } from './digits.ts';
import { OnnxFile, tensor } from './onnxFile.ts';

/**
 * The conformance net as quantising tools write it. float: as it is. qdq: every tensor goes through QuantizeLinear and
 * DequantizeLinear, weights too. qlinear: integer operators. dynamic: each input's own range, found when it runs.
 * noisy: in floats, normal numbers added to the pixels.
 */
export type DigitsTwin = 'float' | 'qdq' | 'qlinear' | 'dynamic' | 'noisy';

export async function digitsTwin(twin: DigitsTwin): Promise<OnnxFile> {
  const weights = await digitsWeights();
  const net = new Twin(weights);
  if (twin === 'float' || twin === 'noisy') return net.float(twin === 'noisy');
  if (twin === 'dynamic') return net.dynamic();
  const ranges = await calibrate(net.float());
  return twin === 'qdq' ? net.qdq(ranges) : net.qlinear(ranges);
}

/** Largest value of each activation, and the smallest logit. All but the logits start at 0. */
type Ranges = Readonly<Record<string, readonly [low: number, high: number]>>;

const activations = ['input', 'relu1', 'relu2', 'relu3', 'logits'] as const;

/** The ranges that the digits' test set spans. */
async function calibrate(file: OnnxFile): Promise<Ranges> {
  for (const name of activations.slice(1, -1)) file.output(name);
  const session = await openSession(file.bytes(), { threads: 1 });
  const { images } = await digitsTest();
  const x = Float32Array.from(images.flat(), (value) => value / 16);
  const values = { ...(await session.run({ input: new Tensor('float32', x, [images.length, 1, 8, 8]) })), input: { data: x } };
  await session.release();
  return Object.fromEntries(
    activations.map((name) => {
      const data = values[name as keyof typeof values].data as Float32Array;
      return [name, [data.reduce((a, b) => Math.min(a, b), 0), data.reduce((a, b) => Math.max(a, b), 0)]];
    }),
  );
}

/** A tensor's way to 8 bits, as names in the file. */
interface Scale {
  readonly scale: string;
  readonly zero: string;
  readonly step: number;
}
interface Layer {
  readonly w: string;
  readonly wScale: Scale;
  /** int32, in steps of input and weights. */
  readonly b: string;
  readonly bScale: Scale;
  readonly bias: string;
}

type Weights = Awaited<ReturnType<typeof digitsWeights>>;
const window1 = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
const window2 = { ...window1, strides: [2, 2] };
const pool = { kernel_shape: [2, 2], strides: [2, 2] };

class Twin {
  private readonly weights: Weights;

  constructor(weights: Weights) {
    this.weights = weights;
  }

  float(noisy = false): OnnxFile {
    const file = opened();
    const x = noisy ? file.node('Add', ['input', file.node('RandomNormalLike', ['input'], { scale: 0.2 })]) : 'input';
    const given = (layer: number) => [this.raw(file, `${layer}.weight`), this.raw(file, `${layer}.bias`)] as const;
    const relu = (x: string, name: string) => file.node('Relu', [x], {}, { outputs: [name] });
    const first = relu(file.node('Conv', [x, ...given(0)], window1), 'relu1');
    const second = relu(file.node('Conv', [first, ...given(2)], window2), 'relu2');
    const flat = file.node('Flatten', [file.node('MaxPool', [second], pool)]);
    const third = relu(file.node('Gemm', [flat, ...given(6)], { transB: 1 }), 'relu3');
    file.node('Gemm', [third, ...given(8)], { transB: 1 }, { outputs: ['logits'] });
    return file;
  }

  qdq(ranges: Ranges): OnnxFile {
    const file = opened();
    const scales = this.scales(file, ranges);
    const through = (x: string, { scale, zero }: Scale, outputs?: readonly string[]) =>
      file.node('DequantizeLinear', [file.node('QuantizeLinear', [x, scale, zero]), scale, zero], {}, outputs && { outputs });
    const given = (layer: number, input: Scale) => {
      const { w, wScale, b, bScale } = this.layer(file, layer, input);
      const axis = { axis: 0 };
      return [
        file.node('DequantizeLinear', [w, wScale.scale, wScale.zero], axis),
        file.node('DequantizeLinear', [b, bScale.scale, bScale.zero], axis),
      ] as const;
    };
    const relu = (x: string, scale: Scale) => through(file.node('Relu', [x]), scale);
    const x = through('input', scales.input);
    const first = relu(file.node('Conv', [x, ...given(0, scales.input)], window1), scales.relu1);
    const second = relu(file.node('Conv', [first, ...given(2, scales.relu1)], window2), scales.relu2);
    const pooled = through(file.node('MaxPool', [second], pool), scales.relu2);
    const flat = through(file.node('Flatten', [pooled]), scales.relu2);
    const third = relu(file.node('Gemm', [flat, ...given(6, scales.relu2)], { transB: 1 }), scales.relu3);
    through(file.node('Gemm', [third, ...given(8, scales.relu3)], { transB: 1 }), scales.logits, ['logits']);
    return file;
  }

  /** Convolutions requantise by themselves; the dense layers show the other ways there are. ReLU is the lower end of the range. */
  qlinear(ranges: Ranges): OnnxFile {
    const file = opened();
    const scales = this.scales(file, ranges);
    const conv = (x: string, layer: number, from: Scale, to: Scale, window: typeof window1) => {
      const { w, wScale, b } = this.layer(file, layer, from);
      return file.node('QLinearConv', [x, from.scale, from.zero, w, wScale.scale, wScale.zero, to.scale, to.zero, b], window);
    };
    const x = file.node('QuantizeLinear', ['input', scales.input.scale, scales.input.zero]);
    const first = conv(x, 0, scales.input, scales.relu1, window1);
    const second = conv(first, 2, scales.relu1, scales.relu2, window2);
    const flat = file.node('Flatten', [file.node('MaxPool', [second], pool)]);
    const hidden = this.dense(file, 6, scales.relu2);
    const sums = file.node('Add', [file.node('MatMulInteger', [flat, hidden.w, scales.relu2.zero, hidden.wScale.zero]), hidden.b]);
    const float = file.node('Mul', [file.node('Cast', [sums], { to: 1 }), hidden.bScale.scale]);
    const third = file.node('QuantizeLinear', [float, scales.relu3.scale, scales.relu3.zero]);
    const last = this.dense(file, 8, scales.relu3);
    const { scale, zero } = scales.logits;
    const product = file.node('QLinearMatMul', [third, scales.relu3.scale, scales.relu3.zero, last.w, last.wScale.scale, last.wScale.zero, scale, zero]);
    file.node('Add', [file.node('DequantizeLinear', [product, scale, zero]), last.bias], {}, { outputs: ['logits'] });
    return file;
  }

  dynamic(): OnnxFile {
    const file = opened();
    const quantized = (x: string) => {
      const outputs = ['quantized', 'scale', 'zero'].map((name) => `${name} of ${x}`) as [string, string, string];
      file.node('DynamicQuantizeLinear', [x], {}, { outputs });
      return outputs;
    };
    const scaled = (sums: string, from: string, to: Scale) =>
      file.node('Mul', [file.node('Cast', [sums], { to: 1 }), file.node('Mul', [from, to.scale])]);
    const conv = (x: string, layer: number, window: typeof window1) => {
      const [q, scale, zero] = quantized(x);
      const { w, wScale, bias } = this.layer(file, layer, unit, 'whole');
      const shaped = file.initializer(tensor(this.weights[`${layer}.bias`]!.data, [1, this.weights[`${layer}.bias`]!.data.length, 1, 1]), `${bias} of channels`);
      return file.node('Relu', [file.node('Add', [scaled(file.node('ConvInteger', [q, w, zero, wScale.zero], window), scale, wScale), shaped])]);
    };
    const dense = (x: string, layer: number) => {
      const [q, scale, zero] = quantized(x);
      const { w, wScale, bias } = this.dense(file, layer, unit);
      return [scaled(file.node('MatMulInteger', [q, w, zero, wScale.zero]), scale, wScale), bias] as const;
    };
    const second = conv(conv('input', 0, window1), 2, window2);
    const flat = file.node('Flatten', [file.node('MaxPool', [second], pool)]);
    const third = file.node('Relu', [file.node('Add', dense(flat, 6))]);
    file.node('Add', dense(third, 8), {}, { outputs: ['logits'] });
    return file;
  }

  private raw(file: OnnxFile, name: string): string {
    const { data, shape } = this.weights[name]!;
    return file.initializer(tensor(data, shape), name);
  }

  private scales(file: OnnxFile, ranges: Ranges): Record<(typeof activations)[number], Scale> {
    return Object.fromEntries(
      Object.entries(ranges).map(([name, [low, high]]) => {
        const step = (high - low) / 255;
        return [name, scaleOf(file, `scale of ${name}`, [step], [Math.round(-low / step)], 'UINT8', true)];
      }),
    ) as Record<(typeof activations)[number], Scale>;
  }

  /** Weights as int8, symmetric, each output channel by its own scale, or all by one. */
  private layer(file: OnnxFile, layer: number, input: Scale, per: 'channel' | 'whole' = 'channel'): Layer {
    const { data, shape } = this.weights[`${layer}.weight`]!;
    const bias = this.weights[`${layer}.bias`]!.data;
    const each = data.length / bias.length;
    const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const steps = bias.map((_, c) => largest(per === 'whole' ? data : data.slice(c * each, (c + 1) * each)) / 127);
    const scales = per === 'whole' ? steps.slice(0, 1) : steps;
    const stepAt = (i: number) => (per === 'whole' ? steps[0]! : steps[Math.floor(i / each)]!);
    const name = `${layer}.weight`;
    const biasSteps = steps.map((step) => step * input.step);
    return {
      w: file.initializer(tensor(data.map((value, i) => Math.round(value / stepAt(i))), shape, 'INT8'), `${name} of 8 bits`),
      wScale: scaleOf(file, `scale of ${name}`, scales, scales.map(() => 0), 'INT8', per === 'whole'),
      b: file.initializer(tensor(bias.map((value, c) => Math.round(value / biasSteps[c]!)), [bias.length], 'INT32'), `${layer}.bias in steps`),
      bScale: scaleOf(file, `scale of ${layer}.bias`, biasSteps, bias.map(() => 0), 'INT32'),
      bias: this.raw(file, `${layer}.bias`),
    };
  }

  /** A dense layer's, its matrix [in, out], by one scale. */
  private dense(file: OnnxFile, layer: number, input: Scale): Layer {
    const { data, shape: [out, width] } = this.weights[`${layer}.weight`] as { data: number[]; shape: [number, number] };
    const turned = { data: data.map((_, i) => data[(i % out) * width + Math.floor(i / out)]!), shape: [width, out] };
    const twin = new Twin({ ...this.weights, [`${layer}.weight`]: turned });
    return twin.layer(file, layer, input, 'whole');
  }
}

/** Where the input's step is not known before it runs. */
const unit: Scale = { scale: '', zero: '', step: 1 };

function opened(): OnnxFile {
  const file = new OnnxFile(17);
  file.input('input', ['N', 1, 8, 8]);
  file.output('logits', ['N', 10]);
  return file;
}

function scaleOf(file: OnnxFile, name: string, steps: readonly number[], zeros: readonly number[], elements: 'INT8' | 'UINT8' | 'INT32', scalar = false): Scale {
  const dims = scalar ? [] : [steps.length];
  const scale = file.initializer(tensor(steps, dims), name);
  return { scale, zero: file.initializer(tensor(zeros, dims, elements), name.replace('scale', 'zero')), step: steps[0]! };
}
