import type { layers as Layers, LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../models/tfjs/tf.ts';

type Layer = Layers.Layer;
type Shape = number[];
type Make = (l: typeof Layers) => Layer;
type Build = (tf: Tf) => LayersModel;
type Twin = (tf: Tf, model: LayersModel) => (x: Tensor) => Tensor;

/** One small model around a layer; the test fills in random weights. */
export interface Row {
  readonly title: string;
  readonly build: Build;
  /** The same function written so that TF.js' cpu backend computes it right and can differentiate it. */
  readonly twin?: Twin;
}

const row = (title: string, build: Build, twin?: Twin): Row => ({ title, build, ...(twin && { twin }) });

const image: Shape = [6, 6, 3];
const oblong: Shape = [7, 6, 3];
const channelsFirst: Shape = [3, 7, 6];
const series: Shape = [9, 4];
const table: Shape = [6];

/** The layers one after another, flattened to [batch, classes]. */
function chain(input: Shape, ...make: Make[]): Build {
  return (tf) => {
    const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: input }), ...make.map((each) => each(tf.layers))] });
    if (model.outputs[0]!.shape.length > 2) model.add(tf.layers.flatten());
    return model;
  };
}

/** Two branches over the same input, brought together by a layer. */
function merged(input: Shape, branch: Make, join: Make, ...after: Make[]): Build {
  return (tf) => {
    const x = tf.input({ shape: input });
    const branches = [branch, branch].map((each) => each(tf.layers).apply(x) as SymbolicTensor);
    let y = join(tf.layers).apply(branches) as SymbolicTensor;
    for (const each of after) y = each(tf.layers).apply(y) as SymbolicTensor;
    const flat = y.shape.length > 2 ? tf.layers.flatten().apply(y) : y;
    return tf.model({ inputs: x, outputs: flat as SymbolicTensor });
  };
}

const twoDense = (join: Make): Build => merged(table, (l) => l.dense({ units: 5, activation: 'tanh' }), join);
const twoSeries = (join: Make): Build => merged(series, (l) => l.conv1d({ filters: 4, kernelSize: 3 }), join, (l) => l.dense({ units: 3 }));
const twoImages = (join: Make): Build => merged(oblong, (l) => l.conv2d({ filters: 4, kernelSize: 3 }), join);

const weightsOf = (model: LayersModel): Tensor[] => model.layers.flatMap((layer) => layer.getWeights());

/** TF.js has no gradient of dilated convolutions; a filter with zeros between its entries is the same convolution. */
const stuffedConv: Twin = (tf, model) => {
  const [kernel, bias] = weightsOf(model);
  const [h, w, channels, filters] = kernel!.shape as [number, number, number, number];
  const stuffed = tf.buffer([2 * h - 1, 2 * w - 1, channels, filters]);
  const entries = kernel!.arraySync() as number[][][][];
  entries.forEach((r, i) => r.forEach((c, j) => c.forEach((f, k) => f.forEach((n, m) => stuffed.set(n, 2 * i, 2 * j, k, m)))));
  const filter = stuffed.toTensor() as ReturnType<typeof tf.tensor4d>;
  return (x) => tf.reshape(tf.add(tf.conv2d(x as typeof filter, filter, 1, 'same'), bias!), [x.shape[0], -1]);
};

/** TF.js cannot differentiate a batch norm without scale; a scale of ones changes nothing. */
const normTwin =
  (scale: boolean, center: boolean): Twin =>
  (tf, model) => {
    const weights = weightsOf(model);
    const [mean, variance] = weights.slice(-2);
    const gamma = scale ? weights[0]! : tf.onesLike(mean!);
    const beta = center ? weights.at(-3)! : tf.zerosLike(mean!);
    return (x) => tf.reshape(tf.batchNorm(x, mean as never, variance as never, beta as never, gamma as never, 1e-3), [x.shape[0], -1]);
  };

/** TF.js' gradient of an average pool divides by the whole window where padding cuts it short. */
const averageTwin =
  (size: number, strides: number): Twin =>
  (tf) =>
  (x) => {
    const [rows, ...shape] = x.shape as [number, ...number[]];
    const [h, w, c] = shape.length === 2 ? [shape[0]!, 1, shape[1]!] : (shape as [number, number, number]);
    const [high, wide] = [size, shape.length === 2 ? 1 : size];
    const sum = (of: Tensor): Tensor =>
      tf.depthwiseConv2d(tf.reshape(of, [rows, h, w, c]) as never, tf.ones([high, wide, c, 1]), [strides, strides], 'same');
    return tf.reshape(tf.div(sum(x), sum(tf.onesLike(x))), [rows, -1]);
  };

/** TF.js' gradient of nearest-neighbour up-sampling by a factor is wrong; copying rows and columns is the same. */
const copyTwin: Twin = (tf) => (x) => {
  const [rows, h, w, c] = x.shape as [number, number, number, number];
  const tall = tf.reshape(tf.tile(tf.reshape(x, [rows, h, 1, w * c]), [1, 1, 2, 1]), [rows, 2 * h * w, 1, c]);
  return tf.reshape(tf.tile(tall, [1, 1, 2, 1]), [rows, -1]);
};

/** TF.js has no gradient of its resampling crop, which picks exactly these pixels. */
const cropTwin: Twin = (tf, model) => {
  const [kernel, bias] = weightsOf(model);
  const conv = (x: Tensor): Tensor => tf.add(tf.conv2d(x as never, kernel as never, 1, 'valid'), bias!);
  return (x) => tf.reshape(tf.slice(conv(x), [0, 2, 2, 0], [-1, 5, 5, -1]), [x.shape[0], -1]);
};

/** Another model of the same function, as TF.js initialises it. */
const sameAs =
  (build: Build): Twin =>
  (tf) => {
    const model = build(tf);
    return (x) => model.apply(x) as Tensor;
  };

export const activations: readonly string[] = (
  'elu selu relu relu6 linear sigmoid hardSigmoid softplus softsign tanh softmax logSoftmax swish mish gelu gelu_new'
).split(' ');

const activationRows = activations.map((activation) =>
  row(`activation ${activation}`, chain(table, (l) => l.rescaling({ scale: 8 }), (l) => l.activation({ activation: activation as 'relu' }))),
);

export const layerRows: readonly Row[] = [
  ...activationRows,
  row('Dense', chain(table, (l) => l.dense({ units: 4 }))),
  row('Dense without bias, fused relu', chain(table, (l) => l.dense({ units: 4, useBias: false, activation: 'relu' }))),
  row('Dense over a series', chain(series, (l) => l.dense({ units: 5, activation: 'tanh' }))),

  row('Conv1D', chain(series, (l) => l.conv1d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' }))),
  row('Conv1D, strided', chain(series, (l) => l.conv1d({ filters: 3, kernelSize: 4, strides: 2 }))),
  row('Conv2D', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: 3 }))),
  row('Conv2D, same, fused relu', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }))),
  row('Conv2D, same, stride 2: uneven padding', chain(image, (l) => l.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }))),
  row('Conv2D, 2×3 filter, strides 3×2', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: [2, 3], strides: [3, 2], padding: 'same' }))),
  row('Conv2D, 1×1, stride 2', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: 1, strides: 2 }))),
  row('Conv2D twice', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: 3, activation: 'tanh' }), (l) => l.conv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'elu' }))),
  row('Conv2D, dilated', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' })), stuffedConv),
  row('Conv2D, channels first', chain(channelsFirst, (l) => l.conv2d({ filters: 4, kernelSize: 3, dataFormat: 'channelsFirst' }))),
  row('Conv2D over the whole image', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: [7, 6] }))),
  row('DepthwiseConv2D', chain(oblong, (l) => l.depthwiseConv2d({ kernelSize: 3, activation: 'relu' }))),
  row('DepthwiseConv2D, multiplier 2, stride 2, same', chain(oblong, (l) => l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same' }))),
  row('SeparableConv2D', chain(oblong, (l) => l.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, activation: 'relu' }))),
  row('SeparableConv2D, stride 2, same', chain(oblong, (l) => l.separableConv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }))),
  row('Conv2DTranspose', chain(oblong, (l) => l.conv2dTranspose({ filters: 4, kernelSize: 3 }))),
  row('Conv2DTranspose, stride 2, same', chain(oblong, (l) => l.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }))),
  row('Conv2DTranspose, filter smaller than stride', chain(oblong, (l) => l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3 }))),

  row('MaxPooling1D', chain(series, (l) => l.maxPooling1d({ poolSize: 2 }))),
  row('MaxPooling1D, overlapping, same', chain(series, (l) => l.maxPooling1d({ poolSize: 3, strides: 2, padding: 'same' }))),
  row('AveragePooling1D', chain(series, (l) => l.averagePooling1d({ poolSize: 2 }))),
  row('AveragePooling1D, overlapping, same', chain(series, (l) => l.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' })), averageTwin(3, 2)),
  row('MaxPooling2D', chain(oblong, (l) => l.maxPooling2d({ poolSize: 2 }))),
  row('MaxPooling2D, overlapping', chain(oblong, (l) => l.maxPooling2d({ poolSize: 3, strides: 2 }))),
  row('MaxPooling2D, overlapping, same', chain(oblong, (l) => l.maxPooling2d({ poolSize: [3, 2], strides: [2, 1], padding: 'same' }))),
  row('MaxPooling2D, gaps between windows', chain(oblong, (l) => l.maxPooling2d({ poolSize: 2, strides: 3 }))),
  row('MaxPooling2D, channels first', chain(channelsFirst, (l) => l.maxPooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }))),
  row('AveragePooling2D', chain(oblong, (l) => l.averagePooling2d({ poolSize: 2 }))),
  row('AveragePooling2D, overlapping, same: padding is not counted', chain(oblong, (l) => l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })), averageTwin(3, 2)),
  row('AveragePooling2D, stride 1, same', chain(oblong, (l) => l.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' })), averageTwin(3, 1)),
  row('AveragePooling2D over the whole image', chain(oblong, (l) => l.averagePooling2d({ poolSize: [7, 6] }))),
  row('GlobalMaxPooling1D', chain(series, (l) => l.globalMaxPooling1d({}))),
  row('GlobalAveragePooling1D', chain(series, (l) => l.globalAveragePooling1d({}))),
  row('GlobalMaxPooling2D', chain(oblong, (l) => l.globalMaxPooling2d({}))),
  row('GlobalAveragePooling2D', chain(oblong, (l) => l.globalAveragePooling2d({}))),
  row('GlobalAveragePooling2D, channels first', chain(channelsFirst, (l) => l.globalAveragePooling2d({ dataFormat: 'channelsFirst' }))),

  row('BatchNormalization', chain(oblong, (l) => l.batchNormalization())),
  row('BatchNormalization without scale', chain(oblong, (l) => l.batchNormalization({ scale: false })), normTwin(false, true)),
  row('BatchNormalization without centre', chain(oblong, (l) => l.batchNormalization({ center: false })), normTwin(true, false)),
  row('BatchNormalization without either', chain(oblong, (l) => l.batchNormalization({ scale: false, center: false })), normTwin(false, false)),
  row('BatchNormalization after a dense layer', chain(table, (l) => l.dense({ units: 5 }), (l) => l.batchNormalization(), (l) => l.dense({ units: 3 }))),
  row('BatchNormalization after a convolution', chain(oblong, (l) => l.conv2d({ filters: 4, kernelSize: 3 }), (l) => l.batchNormalization(), (l) => l.reLU())),
  row('BatchNormalization of a series', chain(series, (l) => l.batchNormalization())),
  // TF.js' cpu backend repeats the statistics along the last axis, whichever axis they belong to.
  row('BatchNormalization over the first axis', chain(channelsFirst, (l) => l.batchNormalization({ axis: 1 })), (tf, model) => {
    const norm = normTwin(true, true)(tf, model);
    return (x) => tf.reshape(tf.transpose(tf.reshape(norm(tf.transpose(x, [0, 2, 3, 1])), [-1, 42, 3]), [0, 2, 1]), [x.shape[0], -1]);
  }),
  row('LayerNormalization', chain(table, (l) => l.layerNormalization())),
  row('LayerNormalization of an image', chain(oblong, (l) => l.layerNormalization())),
  row('LayerNormalization over all axes', chain(oblong, (l) => l.layerNormalization({ axis: [1, 2, 3] }))),
  row('LayerNormalization without scale and centre', chain(series, (l) => l.layerNormalization({ scale: false, center: false })), sameAs(chain(series, (l) => l.layerNormalization()))),

  row('ReLU', chain(oblong, (l) => l.reLU())),
  row('ReLU with a maximum', chain(oblong, (l) => l.reLU({ maxValue: 0.5 }))),
  row('LeakyReLU', chain(oblong, (l) => l.leakyReLU({ alpha: 0.2 }))),
  row('PReLU', chain(oblong, (l) => l.prelu({}))),
  row('PReLU with shared axes', chain(oblong, (l) => l.prelu({ sharedAxes: [1, 2] }))),
  row('ELU', chain(oblong, (l) => l.elu())),
  // TF.js has no gradient of a comparison.
  row('ThresholdedReLU', chain(table, (l) => l.thresholdedReLU({ theta: 0.3 })), (tf) => (x) => tf.mul(x, tf.step(tf.sub(x, 0.3)))),
  row('Softmax', chain(series, (l) => l.softmax({ axis: -1 }), (l) => l.dense({ units: 2 }))),

  row('Add', twoDense((l) => l.add())),
  row('Multiply', twoDense((l) => l.multiply())),
  row('Average', twoDense((l) => l.average())),
  row('Maximum', twoDense((l) => l.maximum())),
  row('Minimum', twoDense((l) => l.minimum())),
  row('Concatenate', twoDense((l) => l.concatenate())),
  row('Dot', twoSeries((l) => l.dot({ axes: 2 }))),
  row('Dot over the first axis', twoSeries((l) => l.dot({ axes: 1 }))),
  row('Dot, normalised', twoSeries((l) => l.dot({ axes: 2, normalize: true }))),
  row('Add of images', twoImages((l) => l.add())),
  row('Concatenate of channels', twoImages((l) => l.concatenate())),
  row('Concatenate of rows', twoImages((l) => l.concatenate({ axis: 1 }))),

  row('ZeroPadding2D', chain(oblong, (l) => l.zeroPadding2d({ padding: [[1, 2], [0, 3]] }), (l) => l.conv2d({ filters: 2, kernelSize: 3 }))),
  row('Cropping2D', chain(oblong, (l) => l.cropping2D({ cropping: [[1, 2], [0, 1]] }), (l) => l.conv2d({ filters: 2, kernelSize: 3 }))),
  row('UpSampling2D', chain(oblong, (l) => l.upSampling2d({ size: [2, 2] })), copyTwin),
  row('UpSampling2D before a convolution', chain(oblong, (l) => l.upSampling2d({ size: [2, 2] }), (l) => l.conv2d({ filters: 2, kernelSize: 3 })), (tf, model) => {
    const [kernel, bias] = weightsOf(model);
    const conv = (x: Tensor): Tensor => tf.add(tf.conv2d(x as never, kernel as never, 1, 'valid'), bias!);
    return (x) => tf.reshape(conv(tf.reshape(copyTwin(tf, model)(x), [-1, 14, 12, 3])), [x.shape[0], -1]);
  }),
  // Square, since TF.js' gradient of bilinear resizing swaps height and width.
  row('UpSampling2D, bilinear', chain(image, (l) => l.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }))),
  row('Reshape', chain(oblong, (l) => l.reshape({ targetShape: [6, 7, 3] }), (l) => l.conv2d({ filters: 2, kernelSize: 3 }))),
  row('Permute', chain(oblong, (l) => l.permute({ dims: [3, 1, 2] }), (l) => l.conv2d({ filters: 2, kernelSize: 2 }))),
  row('Flatten', chain(oblong, (l) => l.flatten(), (l) => l.dense({ units: 3 }))),
  row('RepeatVector', chain(table, (l) => l.repeatVector({ n: 3 }), (l) => l.dense({ units: 2, activation: 'tanh' }))),
  row('Dropout', chain(table, (l) => l.dropout({ rate: 0.5 }), (l) => l.dense({ units: 3 }))),
  row('SpatialDropout1D', chain(series, (l) => l.spatialDropout1d({ rate: 0.5 }), (l) => l.dense({ units: 3 }))),
  row('GaussianNoise', chain(table, (l) => l.gaussianNoise({ stddev: 1 }), (l) => l.dense({ units: 3 }))),
  row('GaussianDropout', chain(table, (l) => l.gaussianDropout({ rate: 0.5 }), (l) => l.dense({ units: 3 }))),
  row('AlphaDropout', chain(table, (l) => l.alphaDropout({ rate: 0.5 }), (l) => l.dense({ units: 3 }))),
  row('Rescaling', chain(oblong, (l) => l.rescaling({ scale: 2, offset: -1 }), (l) => l.conv2d({ filters: 2, kernelSize: 3 }))),
  // TF.js has no gradient of its resampling crop, which picks the same pixels here.
  row('CenterCrop', chain([9, 9, 2], (l) => l.conv2d({ filters: 2, kernelSize: 1 }), (l) => l.centerCrop({ height: 5, width: 5 })), cropTwin),

  row('TimeDistributed', chain([3, 5], (l) => l.timeDistributed({ layer: l.dense({ units: 4, activation: 'relu' }) }))),
  row('SimpleRNN', chain(series, (l) => l.simpleRNN({ units: 3 }))),
  row('GRU', chain(series, (l) => l.gru({ units: 3, returnSequences: true }))),
  row('LSTM', chain(series, (l) => l.lstm({ units: 3 }))),
  row('Bidirectional', chain(series, (l) => l.bidirectional({ layer: l.lstm({ units: 3 }), mergeMode: 'concat' }))),
  row('RNN of stacked cells', chain(series, (l) => l.rnn({ cell: [l.lstmCell({ units: 2 }), l.gruCell({ units: 3 })] }))),
  row('ConvLSTM2D', chain([2, 5, 5, 2], (l) => l.convLstm2d({ filters: 2, kernelSize: 3 }))),
];

/** Layers of TF.js that no row covers, and why. */
export const layersWithoutRow: Readonly<Record<string, string>> = {
  Conv3D: 'volumes',
  Conv3DTranspose: 'volumes',
  MaxPooling3D: 'volumes',
  AveragePooling3D: 'volumes',
  Masking: 'marks steps of a sequence that a pixel or feature cannot be',
  Embedding: 'has no gradient with respect to its integer input',
  CategoryEncoding: 'takes integers',
  Resizing: 'TF.js cannot run it inside a model; see the rows of its kernels',
  RandomWidth: 'draws a width whenever the model runs',
  SimpleRNNCell: 'runs inside SimpleRNN',
  GRUCell: 'runs inside GRU',
  LSTMCell: 'runs inside LSTM',
  StackedRNNCells: 'runs inside RNN',
  ConvLSTM2DCell: 'runs inside ConvLSTM2D',
  Functional: "Keras' name for Model",
};
