import { int } from '../graph/attributes.ts';
import { axisOf, range, sizeOf } from '../graph/broadcast.ts';
import type { Value } from '../graph/ir.ts';
import type { Lowering } from './lowering.ts';

/**
 * Batch normalisation by the statistics of the batch, which ONNX Runtime has for training builds only: the statistics in
 * parts, then its own op for known ones, which takes one pass where its parts take two. The variance is that of centred
 * values: of the squares' mean, less the mean's square, float32 would leave nothing where the mean is large.
 */
export const batchNormLowering: Lowering = ({ onnx, node, inputs: [x = '', scale = '', bias = ''], outputs: [y = '', mean = '', variance = ''] }) => {
  const { shape } = node.inputs[0] as Value;
  const axis = axisOf(int(node.attributes, 'axis', 1), shape.length);
  const epsilon = int(node.attributes, 'epsilon', 1e-5);
  const channels = shape[axis] as number;
  const others = onnx.ints(range(0, shape.length).filter((other) => other !== axis));
  const count = onnx.scalar(sizeOf(shape) / channels);
  const along = onnx.ints(shape.map((n, i) => (i === axis ? n : 1)));
  const vector = onnx.ints([channels]);
  const average = (of: string): string => onnx.node('Div', [onnx.node('ReduceSum', [of, others], { keepdims: 1 }), count]);
  const centre = average(x);
  const centred = onnx.node('Sub', [x, centre]);
  const squares = average(onnx.node('Mul', [centred, centred]));
  onnx.node('Reshape', [centre, vector], {}, [mean]);
  onnx.node('Reshape', [squares, vector], {}, [variance]);
  if (axis === 1) {
    onnx.node('BatchNormalization', [x, scale, bias, mean, variance], { epsilon }, [y]);
    return;
  }
  const deviation = onnx.node('Sqrt', [onnx.node('Add', [squares, onnx.scalar(epsilon)])]);
  const gain = onnx.node('Div', [onnx.node('Reshape', [scale, along]), deviation]);
  onnx.node('Add', [onnx.node('Mul', [centred, gain]), onnx.node('Reshape', [bias, along])], {}, [y]);
};
