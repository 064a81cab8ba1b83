import { tensor, type OnnxFile } from '../onnxFile.ts';
import { Exporter, type Features, type NetOptions } from './exporter.ts';

/** Mean over the picture, as adaptive pooling and a flatten. */
const pooled = (net: Exporter, x: Features): Features => ({
  name: net.op('Flatten', [net.op('GlobalAveragePool', [x.name])], { axis: 1 }),
  channels: x.channels,
});

/** Residual network of two blocks, He et al. 2015, arXiv:1512.03385. */
export function resnet(options: NetOptions): OnnxFile {
  const net = new Exporter(options, 13);
  const normed = (x: Features, to: number, kernel: number, more = {}): Features => net.batchNorm(net.conv(x, to, kernel, { bias: false, ...more }));
  const block = (x: Features, to: number, stride: number): Features => {
    const branch = normed(net.relu(normed(x, to, 3, { stride, pad: 1 })), to, 3, { pad: 1 });
    return net.relu(net.add(branch, stride === 1 ? x : normed(x, to, 1, { stride })));
  };
  const stem = net.relu(normed(net.images(), 8, 3, { pad: 1 }));
  const attributes = { ceil_mode: 0, kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] };
  const features = block(block({ name: net.op('MaxPool', [stem.name], attributes), channels: 8 }, 8, 1), 16, 2);
  const mean = net.op('GlobalAveragePool', [features.name]);
  // x.view(x.size(0), −1)
  return net.head({ name: net.view(mean, [net.size(mean, 0, 1), -1]), channels: 16 });
}

/** ConvNeXt, Liu et al. 2022, arXiv:2201.03545: depthwise 7×7, channels last between, layer scale. */
export function convnext(options: NetOptions): OnnxFile {
  const net = new Exporter(options, 17);
  const last = ({ name, channels }: Features): Features => ({ name: net.transpose(name, [0, 2, 3, 1]), channels });
  const first = ({ name, channels }: Features): Features => ({ name: net.transpose(name, [0, 3, 1, 2]), channels });
  const normedFirst = (x: Features): Features => first(net.layerNorm(last(x)));
  const block = (x: Features): Features => {
    const wide = net.gelu(net.linear(net.layerNorm(last(net.conv(x, x.channels, 7, { pad: 3, group: x.channels }))), 4 * x.channels));
    const narrow = net.linear(wide, x.channels);
    const scaled = net.op('Mul', [net.weights([x.channels], 4, 0.5), narrow.name]);
    return net.add(x, first({ name: scaled, channels: x.channels }));
  };
  const stem = block(normedFirst(net.conv(net.images(3, 32), 8, 4, { stride: 4 })));
  const deeper = block(net.conv(normedFirst(stem), 16, 2, { stride: 2 }));
  const mean = net.op('ReduceMean', [deeper.name], { axes: [-2, -1], keepdims: 0 });
  return net.head(net.layerNorm({ name: mean, channels: 16 }));
}

/** EfficientNet, Tan and Le 2019, arXiv:1905.11946: SiLU, depthwise convolutions, squeeze-excitation. */
export function efficientnet(options: NetOptions): OnnxFile {
  const net = new Exporter(options, 13);
  const normed = (x: Features, to: number, kernel: number, more = {}): Features =>
    net.batchNorm(net.conv(x, to, kernel, { bias: false, pad: Math.floor(kernel / 2), ...more }));
  const excited = (x: Features): Features => {
    const mean = { name: net.op('ReduceMean', [x.name], { axes: [2, 3], keepdims: 1 }), channels: x.channels };
    const gate = net.conv(net.silu(net.conv(mean, 2, 1)), x.channels, 1);
    return { name: net.op('Mul', [x.name, net.op('Sigmoid', [gate.name])]), channels: x.channels };
  };
  const block = (x: Features, to: number, kernel: number, stride: number): Features => {
    const wide = net.silu(normed(x, 3 * x.channels, 1));
    const spread = net.silu(normed(wide, wide.channels, kernel, { stride, group: wide.channels }));
    const narrow = normed(excited(spread), to, 1);
    return stride === 1 && to === x.channels ? net.add(narrow, x) : narrow;
  };
  // TensorFlow's 'same' padding with stride 2: a row and a column at the end only.
  const images = net.images();
  const padded = net.op('Pad', [images.name, net.constant([0, 0, 0, 0, 0, 0, 1, 1], 'INT64'), net.constant(0)], { mode: 'constant' });
  const stem = net.silu(normed({ name: padded, channels: 3 }, 8, 3, { stride: 2, pad: 0 }));
  const features = block(block(block(stem, 8, 3, 1), 12, 5, 2), 12, 3, 1);
  return net.head(pooled(net, net.silu(normed(features, 24, 1))));
}

/** Encoder and decoder with a skip, as F.interpolate is exported: the size computed from a shape, in floats. */
export function unet(options: NetOptions): OnnxFile {
  const net = new Exporter(options, 12);
  const down = net.relu(net.conv(net.images(), 6, 3, { pad: 1 }));
  const deep = net.relu(net.conv(down, 8, 3, { stride: 2, pad: 1 }));
  const shape = net.op('Shape', [deep.name]);
  const sides = net.op('Cast', [net.op('Slice', [shape, net.constant([2], 'INT64'), net.constant([4], 'INT64')])], { to: 1 });
  const doubled = net.op('Cast', [net.op('Floor', [net.op('Mul', [sides, net.constant([2])])])], { to: 7 });
  const kept = net.op('Slice', [shape, net.constant([0], 'INT64'), net.constant([2], 'INT64'), net.constant([0], 'INT64')]);
  const nothing = net.file.initializer(tensor([], [0]));
  const sizes = net.op('Concat', [kept, doubled], { axis: 0 });
  const attributes = { mode: 'linear', coordinate_transformation_mode: 'half_pixel', cubic_coeff_a: -0.75, nearest_mode: 'floor' };
  const up = net.op('Resize', [deep.name, nothing, nothing, sizes], attributes);
  const joined = { name: net.op('Concat', [down.name, up], { axis: 1 }), channels: 14 };
  return net.head(pooled(net, net.relu(net.conv(joined, 10, 3, { pad: 1 }))));
}
