import { randomOf, type Random } from '../../../src/core/random.ts';
import { sizeOf } from '../../../src/graph/broadcast.ts';
import { float, OnnxFile, onnxFunction, onnxNode, tensor } from '../onnxFile.ts';

/** A value in the file and its channels: features are [batch, ..., channels] or [batch, channels, rows, columns]. */
export interface Features {
  readonly name: string;
  readonly channels: number;
}

export interface NetOptions {
  readonly seed: number;
  /** The file takes one row, not any number of them. */
  readonly oneRow?: boolean;
}

/** Writes networks with seeded random weights as PyTorch's exporters write them, dynamic batch and all. */
export class Exporter {
  readonly file: OnnxFile;
  /** Of a file made for one row, exporters know all sizes. */
  readonly oneRow: boolean;
  private readonly random: Random;

  constructor({ seed, oneRow = false }: NetOptions, opset = 17) {
    this.file = new OnnxFile(opset);
    this.oneRow = oneRow;
    this.random = randomOf(seed, 'onnx nets');
  }

  images(channels = 3, side = 16): Features {
    return { name: this.file.input('input', [this.oneRow ? 1 : 'batch', channels, side, side]), channels };
  }

  op(op: string, inputs: readonly string[], attributes: Parameters<OnnxFile['node']>[2] = {}): string {
    return this.file.node(op, inputs, attributes);
  }

  /** Normal weights whose products keep their size over `from` inputs. */
  weights(shape: readonly number[], from = 1, centre = 0): string {
    const values = Float32Array.from({ length: sizeOf(shape) }, () => centre + this.random.normal() / Math.sqrt(from));
    return this.file.weights(values, shape);
  }

  /** A Constant node, which older exporters write for each number in the code. */
  constant(value: number | readonly number[], elements: 'FLOAT' | 'INT64' = 'FLOAT'): string {
    const dims = typeof value === 'number' ? [] : [value.length];
    return this.op('Constant', [], { value: tensor(typeof value === 'number' ? [value] : value, dims, elements) });
  }

  /** x.shape[axis], as a vector of one; of a file made for one row, the number that it is. */
  size(x: string, axis: number, ofOneRow: number): string | number {
    if (this.oneRow) return ofOneRow;
    const one = this.op('Gather', [this.op('Shape', [x]), this.constant(axis, 'INT64')], { axis: 0 });
    return this.op('Unsqueeze', [one, this.constant([0], 'INT64')]);
  }

  /** x.reshape(…) with sizes computed from shapes: Shape, Gather, Unsqueeze, Concat, Reshape. */
  view(x: string, sizes: readonly (number | string)[]): string {
    const numbers = sizes.filter((size) => typeof size === 'number');
    if (numbers.length === sizes.length) return this.op('Reshape', [x, this.constant(numbers, 'INT64')]);
    const parts = sizes.map((size) => (typeof size === 'string' ? size : this.constant([size], 'INT64')));
    return this.op('Reshape', [x, this.op('Concat', parts, { axis: 0 })]);
  }

  transpose(x: string, perm: readonly number[]): string {
    return this.op('Transpose', [x], { perm });
  }

  /** nn.Linear on the last axis of any rank. */
  linear({ name, channels }: Features, to: number): Features {
    const product = this.op('MatMul', [name, this.weights([channels, to], channels)]);
    return { name: this.op('Add', [this.weights([to], 16), product]), channels: to };
  }

  /** The last layer: the logits. */
  head({ name, channels }: Features, classes = 7): OnnxFile {
    const inputs = [name, this.weights([classes, channels], channels), this.weights([classes], 4)];
    this.file.node('Gemm', inputs, { alpha: float(1), beta: float(1), transB: 1 }, { outputs: ['output'] });
    this.file.output('output', [this.oneRow ? 1 : 'batch', classes]);
    return this.file;
  }

  conv({ name, channels }: Features, to: number, kernel: number, { stride = 1, pad = 0, group = 1, bias = true } = {}): Features {
    const from = channels / group;
    const inputs = [name, this.weights([to, from, kernel, kernel], from * kernel * kernel), ...(bias ? [this.weights([to], 16)] : [])];
    const attributes = { dilations: [1, 1], group, kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad], strides: [stride, stride] };
    return { name: this.op('Conv', inputs, attributes), channels: to };
  }

  /** nn.BatchNorm2d in evaluation. */
  batchNorm({ name, channels }: Features): Features {
    const variance = Float32Array.from({ length: channels }, () => 0.5 + this.random.uniform());
    const inputs = [name, this.weights([channels], 16, 1), this.weights([channels], 16), this.weights([channels], 16), this.file.weights(variance)];
    return { name: this.op('BatchNormalization', inputs, { epsilon: 1e-5, momentum: 0.9 }), channels };
  }

  /** nn.LayerNorm as a node of opset 17. */
  layerNorm({ name, channels }: Features): Features {
    const inputs = [name, this.weights([channels], 16, 1), this.weights([channels], 16)];
    return { name: this.op('LayerNormalization', inputs, { axis: -1, epsilon: 1e-6 }), channels };
  }

  /** nn.LayerNorm before opset 17: written out. */
  layerNormInParts({ name, channels }: Features): Features {
    const mean = this.op('ReduceMean', [name], { axes: [-1] });
    const centred = this.op('Sub', [name, mean]);
    const variance = this.op('ReduceMean', [this.op('Pow', [centred, this.constant(2)])], { axes: [-1] });
    const deviation = this.op('Sqrt', [this.op('Add', [variance, this.constant(1e-6)])]);
    const scaled = this.op('Mul', [this.op('Div', [centred, deviation]), this.weights([channels], 16, 1)]);
    return { name: this.op('Add', [scaled, this.weights([channels], 16)]), channels };
  }

  relu({ name, channels }: Features): Features {
    return { name: this.op('Relu', [name]), channels };
  }

  /** x · sigmoid(x) */
  silu({ name, channels }: Features): Features {
    return { name: this.op('Mul', [name, this.op('Sigmoid', [name])]), channels };
  }

  /** 0.5 · x · (1 + erf(x / √2)) */
  gelu({ name, channels }: Features): Features {
    const erf = this.op('Erf', [this.op('Div', [name, this.constant(Math.SQRT2)])]);
    const product = this.op('Mul', [name, this.op('Add', [erf, this.constant(1)])]);
    return { name: this.op('Mul', [product, this.constant(0.5)]), channels };
  }

  /** The same as a function of the model's own, as exporters of whole modules write it. */
  geluFunction({ name, channels }: Features): Features {
    const domain = 'pkg.torch.nn';
    const nodes = [
      onnxNode('Constant', [], ['root'], { value_float: Math.SQRT2 }),
      onnxNode('Constant', [], ['one'], { value_float: float(1) }),
      onnxNode('Constant', [], ['half'], { value_float: '@share' }),
      onnxNode('Div', ['x', 'root'], ['scaled']),
      onnxNode('Erf', ['scaled'], ['erf']),
      onnxNode('Add', ['erf', 'one'], ['raised']),
      onnxNode('Mul', ['x', 'raised'], ['product']),
      onnxNode('Mul', ['product', 'half'], ['y']),
    ];
    if (!this.file.hasFunction('GELU'))
      this.file.function(onnxFunction('GELU', domain, { inputs: ['x'], outputs: ['y'], nodes, defaults: { share: 0.5 } }));
    return { name: this.file.node('GELU', [name], {}, { domain }), channels };
  }

  add(a: Features, b: Features): Features {
    return { name: this.op('Add', [a.name, b.name]), channels: a.channels };
  }
}
