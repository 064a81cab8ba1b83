/** A node of TensorFlow's GraphDef, as JSON writes protobuf: 64-bit numbers as text, bytes as base64. */
export interface TwinNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, unknown>>;
}

const float = { type: 'DT_FLOAT' };
const int = { type: 'DT_INT32' };
const shape = (axes: readonly number[]) => ({ dim: axes.map((size) => ({ size: String(size) })) });
const numbers = (values: readonly number[]) => ({ list: { i: values.map(String) } });
const names = (values: readonly string[]) => ({ list: { s: values.map(base64) } });
const text = (value: string) => ({ s: base64(value) });

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

const scope = 'StatefulPartitionedCall/fashion_cnn';
const image = [-1, 28, 28, 1];

/** The graph's name for a weight of the LayersModel, such as `conv1/kernel`. */
export function constantName(weight: string): string {
  const [layer, part] = weight.split('/');
  const op = part === 'bias' ? 'BiasAdd' : layer?.startsWith('conv') ? 'Conv2D' : 'MatMul';
  return `${scope}/${layer}/${op}/ReadVariableOp`;
}

export const flattenTo = { name: `${scope}/flatten/Const`, values: [-1, 1568] };

export const signature = {
  inputs: { conv1_input: { name: 'conv1_input:0', dtype: 'DT_FLOAT', tensorShape: shape(image) } },
  outputs: { dense2: { name: 'Identity:0', dtype: 'DT_FLOAT', tensorShape: shape([-1, 10]) } },
};

function constant(name: string, axes: readonly number[], type: typeof float | typeof int = float): TwinNode {
  return { name, op: 'Const', attr: { dtype: type, value: { tensor: { dtype: type.type, tensorShape: shape(axes) } } } };
}

/** Convolution, bias and ReLU in one node: grappler, TensorFlow's optimiser, fuses them for the converter. */
function convolution(layer: string, input: string): TwinNode {
  const weights = [constantName(`${layer}/kernel`), constantName(`${layer}/bias`)];
  const window = { strides: numbers([1, 2, 2, 1]), dilations: numbers([1, 1, 1, 1]), padding: text('SAME'), explicit_paddings: { list: {} } };
  const fused = { num_args: { i: '1' }, fused_ops: names(['BiasAdd', 'Relu']), epsilon: { f: 0 } };
  return {
    name: `${scope}/${layer}/Relu`,
    op: '_FusedConv2D',
    input: [input, ...weights],
    attr: { T: float, ...window, ...fused, data_format: text('NHWC'), use_cudnn_on_gpu: { b: true } },
  };
}

function dense(layer: string, input: string, end: 'Relu' | 'BiasAdd'): TwinNode {
  const fused = { num_args: { i: '1' }, fused_ops: names(end === 'Relu' ? ['BiasAdd', 'Relu'] : ['BiasAdd']), epsilon: { f: 0 } };
  return {
    name: `${scope}/${layer}/${end}`,
    op: '_FusedMatMul',
    input: [input, constantName(`${layer}/kernel`), constantName(`${layer}/bias`)],
    attr: { T: float, transpose_a: { b: false }, transpose_b: { b: false }, ...fused },
  };
}

/** The bundled CNN as the converter would write its SavedModel. `weights`: the LayersModel's names and shapes. */
export function twinNodes(weights: readonly { readonly name: string; readonly shape: readonly number[] }[]): TwinNode[] {
  const flat = `${scope}/flatten/Reshape`;
  const softmax = `${scope}/dense2/Softmax`;
  return [
    constant(flattenTo.name, [flattenTo.values.length], int),
    ...weights.map(({ name, shape: axes }) => constant(constantName(name), axes)),
    { name: 'conv1_input', op: 'Placeholder', attr: { dtype: float, shape: { shape: shape(image) } } },
    convolution('conv1', 'conv1_input'),
    convolution('conv2', `${scope}/conv1/Relu`),
    { name: flat, op: 'Reshape', input: [`${scope}/conv2/Relu`, flattenTo.name], attr: { T: float, Tshape: int } },
    dense('dense1', flat, 'Relu'),
    dense('dense2', `${scope}/dense1/Relu`, 'BiasAdd'),
    { name: softmax, op: 'Softmax', input: [`${scope}/dense2/BiasAdd`], attr: { T: float } },
    { name: 'Identity', op: 'Identity', input: [softmax], attr: { T: float } },
  ];
}
