import { int } from '../graph/attributes.ts';
import { axisOf, range, sizeOf } from '../graph/broadcast.ts';
import type { Value } from '../graph/ir.ts';
import type { Lowering } from './lowering.ts';

/**
 * Batch normalisation by the statistics of the batch, which ONNX Runtime has for training builds only: in parts. The
 * variance is that of centred values: of the squares' mean, less the mean's square, float32 would leave nothing where the
 * mean is large.
 */
export const batchNormLowering: Lowering = ({ onnx, node, inputs: [x = '', scale = '', bias = ''], outputs }) => {
  const [first] = node.inputs as readonly [Value];
  const [y = '', meanName = '', varianceName = ''] = outputs;
  const axis = axisOf(int(node.attributes, 'axis', 1), first.shape.length);
  const channels = first.shape[axis] as number;
  const others = range(0, first.shape.length).filter((other) => other !== axis);
  const count = sizeOf(first.shape) / channels;
  const along = onnx.ints(first.shape.map((n, i) => (i === axis ? n : 1)));
  const vector = onnx.ints([channels]);
  const total = (of: string): string => onnx.node('ReduceSum', [of, onnx.ints(others)], { keepdims: 1 });
  const mean = onnx.node('Div', [total(x), onnx.scalar(count)]);
  const centred = onnx.node('Sub', [x, mean]);
  const variance = onnx.node('Div', [total(onnx.node('Mul', [centred, centred])), onnx.scalar(count)]);
  const deviation = onnx.node('Sqrt', [onnx.node('Add', [variance, onnx.scalar(int(node.attributes, 'epsilon', 1e-5))])]);
  const gain = onnx.node('Div', [onnx.node('Reshape', [scale, along]), deviation]);
  onnx.node('Add', [onnx.node('Mul', [centred, gain]), onnx.node('Reshape', [bias, along])], {}, [y]);
  onnx.node('Reshape', [mean, vector], {}, [meanName]);
  onnx.node('Reshape', [variance, vector], {}, [varianceName]);
};
