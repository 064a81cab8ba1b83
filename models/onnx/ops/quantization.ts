import { sizeOf } from '../../../src/graph/broadcast.ts';
import { Builder } from '../../../src/graph/builder.ts';
import type { DType, Value } from '../../../src/graph/ir.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { isFourBits } from '../tensor.ts';
import { windowAttributes, windowOver } from './window.ts';

/** Values of 8 bits and fewer, which the IR has as they are; QuantizeLinear makes no others. */
const eightBits: ReadonlySet<DType> = new Set(['int8', 'uint8']);

/** What stands where a zero point is left out. */
const noZero = ({ graph }: Import, dtype: DType, { shape }: { readonly shape: readonly number[] }): Value => {
  const zeros = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[dtype as 'int8' | 'uint8' | 'int32'];
  return graph.constant(new zeros(sizeOf(shape)), shape, dtype);
};

/** A scale and its zero point: one number, or one for each entry of an axis. Blocks of an axis are not supported. */
function checkSteps(node: OnnxNode, { shape }: Value, x: Value): void {
  if (node.int('block_size', 0) !== 0) throw node.unsupported('it quantises in blocks of an axis');
  const perRow = shape.length > 1 && shape.every((n, axis) => n === (axis === 0 ? x.shape[0] : 1));
  if (shape.length > 1 && !perRow) throw node.unsupported(`its scale has the shape [${shape.join(', ')}]`);
}

function checkEightBits(node: OnnxNode, value: Value): void {
  if (!eightBits.has(value.dtype)) throw node.unsupported(`it quantises to ${value.dtype}, and not to int8 or uint8`);
}

/** ONNX's numbers of the types that `output_dtype` may ask for. */
const outputTypes: Readonly<Record<number, DType>> = { 2: 'uint8', 3: 'int8' };

function quantize(node: OnnxNode, into: Import): Value {
  const [x, scale] = [node.input(0), node.input(1)];
  const asked = node.int('output_dtype', 0);
  const dtype = asked === 0 ? 'uint8' : outputTypes[asked];
  if (!dtype) throw node.unsupported(`its output_dtype is ${asked}, and not int8 or uint8`);
  const zeroPoint = node.inputs[2] ?? noZero(into, dtype, scale);
  checkEightBits(node, zeroPoint);
  if (isFourBits(zeroPoint)) throw node.unsupported('it quantises to 4 bits');
  checkSteps(node, scale, x);
  if (scale.shape.length > 1) throw node.unsupported('its scale differs between the examples of a batch');
  return into.add('QuantizeLinear', [x, scale, zeroPoint], { axis: node.int('axis', 1) });
}

function dequantize(node: OnnxNode, into: Import): Value {
  const [x, scale] = [node.input(0), node.input(1)];
  if (!eightBits.has(x.dtype) && x.dtype !== 'int32') throw node.unsupported(`it takes ${x.dtype}, and not int8, uint8 or int32`);
  checkSteps(node, scale, x);
  return into.add('DequantizeLinear', [x, scale, node.inputs[2] ?? noZero(into, x.dtype, scale)], { axis: node.int('axis', 1) });
}

/**
 * Its range is that of the whole tensor, so that the examples of a batch have a say in each other's. Here each has its
 * own, which is the same for a batch of one. Rows that are not examples (tokens, say) follow each other within one.
 */
function dynamicQuantize(node: OnnxNode, { batch, graph, addAll }: Import): readonly Value[] {
  const x = node.input(0);
  if (batch === 1) return addAll('DynamicQuantizeLinear', [x]);
  const g = new Builder(graph, node.name);
  const [rows = 1, ...rest] = x.shape;
  const within = rows / batch;
  if (!Number.isInteger(within)) throw node.unsupported(`its ${rows} rows are no multiple of the ${batch} examples`);
  if (within === 1) return addAll('DynamicQuantizeLinear', [x], { perRow: 1 });
  const [y, scale, zeroPoint] = addAll('DynamicQuantizeLinear', [g.reshape(x, [batch, within, ...rest])], { perRow: 1 }) as [Value, Value, Value];
  const each = (value: Value): Value => g.reshape(g.expand(value, [batch, within, ...rest.map(() => 1)]), [rows, ...rest.map(() => 1)]);
  return [g.reshape(y, x.shape), each(scale), each(zeroPoint)];
}

/** The six numbers after and between the operands: [x, scale, zero, w, scale, zero, scale, zero]. */
function quantizedOperands(node: OnnxNode): Value[] {
  const operands = Array.from({ length: 8 }, (_, at) => node.input(at));
  for (const at of [0, 3, 7]) checkEightBits(node, operands[at] as Value);
  for (const at of [1, 2, 6, 7])
    if (sizeOf((operands[at] as Value).shape) !== 1) throw node.unsupported(`its input number ${at + 1} is not one number`);
  return operands;
}

/** Operands of a whole-number product, with the zero points that may be left out. */
function integerOperands(node: OnnxNode, into: Import): readonly [Value, Value, Value, Value] {
  const [a, b] = [node.input(0), node.input(1)];
  for (const value of [a, b]) checkEightBits(node, value);
  const scalar = { shape: [] };
  return [a, b, node.inputs[2] ?? noZero(into, a.dtype, scalar), node.inputs[3] ?? noZero(into, b.dtype, scalar)];
}

const matrices = (node: OnnxNode, ...operands: readonly Value[]): void => {
  if (operands.some(({ shape }) => shape.length < 2)) throw node.unsupported('it multiplies by a vector');
};

/** An op of ONNX Runtime's own that is a float op between DequantizeLinear and QuantizeLinear. Inputs come in threes. */
const between =
  (op: string): Importer =>
  (node, into) => {
    const [a, aScale, aZero, b, bScale, bZero, scale] = Array.from({ length: 7 }, (_, at) => node.inputs[at]) as Value[];
    if (!a || !aScale || !b || !bScale || !scale) throw node.unsupported('expected two operands and three scales');
    const real = (x: Value, steps: Value, zero?: Value): Value =>
      into.add('DequantizeLinear', [x, steps, zero ?? noZero(into, x.dtype, steps)], { axis: 1 });
    const zeroPoint = node.inputs[7] ?? noZero(into, a.dtype, scale);
    return into.add('QuantizeLinear', [into.add(op, [real(a, aScale, aZero), real(b, bScale, bZero)]), scale, zeroPoint], { axis: 1 });
  };

/**
 * Integers that stand for floats. Forward they are ONNX's own integer ops, whose sums float32 could not hold; their
 * gradient is straight-through.
 */
export const quantizationOps: Importers = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamicQuantize,
  QLinearConv: (node, { add }) => {
    const operands = quantizedOperands(node);
    const [x, , , w] = operands as [Value, Value, Value, Value];
    const window = windowOver(node, x.shape.slice(2), w.shape.slice(2));
    return add('QLinearConv', [...operands, node.inputs[8]], windowAttributes(window));
  },
  QLinearMatMul: (node, { add }) => {
    const operands = quantizedOperands(node);
    matrices(node, operands[0] as Value, operands[3] as Value);
    return add('QLinearMatMul', operands);
  },
  ConvInteger: (node, into) => {
    const [x, w, ...zeros] = integerOperands(node, into);
    const window = windowOver(node, x.shape.slice(2), w.shape.slice(2));
    return into.add('ConvInteger', [x, w, ...zeros], windowAttributes(window));
  },
  MatMulInteger: (node, into) => {
    const operands = integerOperands(node, into);
    matrices(node, operands[0], operands[1]);
    return into.add('MatMulInteger', operands);
  },
  'com.microsoft.QuantizeLinear': quantize,
  'com.microsoft.DequantizeLinear': dequantize,
  'com.microsoft.QLinearAdd': between('Add'),
  'com.microsoft.QLinearMul': between('Mul'),
};
