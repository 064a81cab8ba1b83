import { int } from '../graph/attributes.ts';
import { sizeOf } from '../graph/broadcast.ts';
import type { Node, Value } from '../graph/ir.ts';
import { besideShape, integerEnds } from '../graph/quantization.ts';
import type { Lowered, Lowering } from './lowering.ts';
import { elementType } from './onnxBuilder.ts';

const inputOf = (node: Node, at: number): Value => node.inputs[at] as Value;
const isScalar = ({ shape }: Value): boolean => sizeOf(shape) === 1;
/** One for all, or a vector along an axis: what ONNX has scales and zero points in. */
const isPlain = (value: Value): boolean => isScalar(value) || value.shape.length === 1;

/** The ranges that ONNX's own op takes over the whole tensor, taken row by row with its formulas. */
const dynamicQuantize: Lowering = ({ onnx, node, inputs: [x = ''], outputs: [y = '', scale = '', zeroPoint = ''] }) => {
  if (int(node.attributes, 'perRow', 0) === 0) return void onnx.node('DynamicQuantizeLinear', [x], {}, [y, scale, zeroPoint]);
  const op = (name: string, inputs: readonly string[], outputs?: readonly string[]): string => onnx.node(name, inputs, {}, outputs);
  const [low, high] = (integerEnds['uint8'] as readonly [number, number]).map((end) => onnx.scalar(end)) as [string, string];
  const axes = inputOf(node, 0).shape.map((_, axis) => axis).slice(1);
  const least = op('Min', [onnx.node('ReduceMin', [x], { axes, keepdims: 1 }), onnx.scalar(0)]);
  const most = op('Max', [onnx.node('ReduceMax', [x], { axes, keepdims: 1 }), onnx.scalar(0)]);
  const step = op('Div', [op('Sub', [most, least]), high]);
  op('Where', [op('Equal', [step, onnx.scalar(0)]), onnx.scalar(1), step], [scale]);
  const zero = op('Round', [op('Clip', [op('Div', [op('Neg', [least]), scale]), low, high])]);
  const whole = op('Clip', [op('Add', [op('Round', [op('Div', [x, scale])]), zero]), low, high]);
  onnx.node('Cast', [zero], { to: elementType.uint8 }, [zeroPoint]);
  onnx.node('Cast', [whole], { to: elementType.uint8 }, [y]);
};

/** (x − zero) · scale, where the scale has an entry for each row. */
const dequantize: Lowering = ({ onnx, node, inputs, outputs }) => {
  if (isPlain(inputOf(node, 1))) return void onnx.node('DequantizeLinear', inputs, node.attributes, outputs);
  const [x = '', scale = '', zero = ''] = inputs;
  const float = (value: string): string => onnx.node('Cast', [value], { to: elementType.float32 });
  onnx.node('Mul', [onnx.node('Sub', [float(x), float(zero)]), scale], {}, outputs);
};

/**
 * ONNX's integer products take one zero point for all of x. With one per row, (x − z) ∗ w = x ∗ w − z · (1 ∗ w), all in
 * int32 as the products are.
 */
const integerProduct =
  (ones: (shape: readonly number[]) => readonly number[]): Lowering =>
  (lowered) => {
    const { onnx, node, inputs: [x = '', w = '', xZero = '', wZero = ''], outputs } = lowered;
    const [xZeroPoint, wZeroPoint] = [inputOf(node, 2), inputOf(node, 3)];
    const product = (of: string, zero: string, to?: readonly string[]): string =>
      onnx.node(node.op, [of, w, zero, wZero], node.attributes, to);
    if (isScalar(xZeroPoint) && isPlain(wZeroPoint)) return void product(x, scalar(lowered, 2), outputs);
    if (!isPlain(wZeroPoint)) return wholeProduct(lowered);
    const shape = ones(inputOf(node, 0).shape);
    const one = onnx.tensor(new Uint8Array(sizeOf(shape)).fill(1), shape, 'uint8');
    const zeros = onnx.ints(besideShape(xZeroPoint.shape, inputOf(node, 0).shape, -2));
    const zero = onnx.node('Cast', [onnx.node('Reshape', [xZero, zeros])], { to: elementType.int32 });
    onnx.node('Sub', [product(x, ''), onnx.node('Mul', [zero, product(one, '')])], {}, outputs);
  };

/** Both matrices with zero points of their own for each row: the product of int32 matrices. */
const wholeProduct: Lowering = ({ onnx, node, inputs: [a = '', b = '', aZero = '', bZero = ''], outputs }) => {
  const whole = (value: string): string => onnx.node('Cast', [value], { to: elementType.int32 });
  const beside = (zero: string, at: number, of: number, axis: number): string => {
    const shape = besideShape(inputOf(node, at).shape, inputOf(node, of).shape, axis);
    return onnx.node('Reshape', [whole(zero), onnx.ints(shape)]);
  };
  const left = onnx.node('Sub', [whole(a), beside(aZero, 2, 0, -2)]);
  const right = onnx.node('Sub', [whole(b), beside(bZero, 3, 1, -1)]);
  onnx.node('MatMul', [left, right], {}, outputs);
};

/** An input of one number, as the scalar that ONNX wants it to be. */
function scalar({ onnx, node, inputs }: Lowered, at: number): string {
  const name = inputs[at] ?? '';
  return inputOf(node, at).shape.length === 0 ? name : onnx.node('Reshape', [name, onnx.ints([])]);
}

export const quantizedLowerings: Readonly<Record<string, Lowering>> = {
  DynamicQuantizeLinear: dynamicQuantize,
  DequantizeLinear: dequantize,
  ConvInteger: integerProduct(([, ...shape]) => [1, ...shape]),
  MatMulInteger: integerProduct((shape) => [1, shape.at(-1) as number]),
};
