import { describe, expect, test } from 'vitest';
import { evaluators } from '../../../models/onnx/evaluators/index.ts';
import { importGraph } from '../../../models/onnx/importGraph.ts';
import { known } from '../../../models/onnx/known.ts';
import { runtime } from '../../../src/engine/session.ts';
import { Graph, type Value } from '../../../src/graph/ir.ts';
import { OnnxFile, tensor, type Elements, type OnnxAttribute } from '../../support/onnxFile.ts';

/** Imports a file with one input `x` [2, 3, 4]; every value by its name. */
function imported(file: OnnxFile): Map<string, Value> {
  const { graph: proto, functions } = file.model();
  const graph = new Graph();
  const inputs = new Map([['x', graph.input('x', [2, 3, 4])]]);
  return importGraph(proto!, graph, { batch: 2, opsets: new Map([['', file.opset]]), inputs, functions });
}

async function original(file: OnnxFile): Promise<ArrayLike<number | bigint>> {
  const { InferenceSession, Tensor } = await runtime();
  const session = await InferenceSession.create(file.bytes(), { logSeverityLevel: 4 });
  const { y } = await session.run({ x: new Tensor('float32', new Float32Array(24), [2, 3, 4]) });
  return y!.data as unknown as ArrayLike<number | bigint>;
}

type Write = (file: OnnxFile, shape: string) => string;
interface Expression {
  readonly write: Write;
  readonly elements: Elements;
}
const op =
  (name: string, others: (file: OnnxFile) => readonly string[] = () => [], attributes: Readonly<Record<string, OnnxAttribute>> = {}): Write =>
  (file, shape) =>
    file.node(name, [shape, ...others(file)], attributes);
const int64 = (write: Write): Expression => ({ write, elements: 'INT64' });
const bool = (write: Write): Expression => ({ write, elements: 'BOOL' });
const real = (write: Write): Expression => ({ write: (file, shape) => write(file, file.node('Cast', [shape], { to: 1 })), elements: 'FLOAT' });
const ints = (...values: number[]) => (file: OnnxFile): string[] => [file.ints(values)];
const numbers = (...values: number[]) => (file: OnnxFile): string[] => [file.weights(values)];
/** Expressions of the shape [2, 3, 4], or as floats. */
const expressions: Readonly<Record<string, Expression>> = {
  Add: int64(op('Add', ints(1, -5, 2 ** 53))),
  Sub: int64(op('Sub', ints(3))),
  Mul: int64(op('Mul', ints(-1, 2, 3))),
  'Div, towards zero': int64((file, shape) => file.node('Div', [file.node('Neg', [shape]), file.ints(2)])),
  'Div of floats': real(op('Div', numbers(0, 7, -3))),
  'Mod, with the sign of the divisor': int64(op('Mod', ints(-3, 2, 3))),
  'Mod of int32': int64((file, shape) => {
    const small = file.node('Cast', [shape], { to: 6 });
    return file.node('Cast', [file.node('Mod', [small, file.initializer(tensor([-3, 2, 3], [3], 'INT32'))])], { to: 7 });
  }),
  'Mod, with the sign of the dividend': int64(op('Mod', ints(-3, 2, 3), { fmod: 1 })),
  Pow: real(op('Pow', numbers(3))),
  Max: int64(op('Max', ints(3))),
  'Max of floats': real(op('Max', numbers(2.5))),
  Min: int64(op('Min', ints(3))),
  Neg: int64(op('Neg')),
  Abs: int64((file, shape) => file.node('Abs', [file.node('Sub', [shape, file.ints(3)])])),
  Sign: int64((file, shape) => file.node('Sign', [file.node('Sub', [shape, file.ints(3)])])),
  Floor: real((file, shape) => file.node('Floor', [file.node('Div', [shape, file.weights([-2])])])),
  Ceil: real((file, shape) => file.node('Ceil', [file.node('Div', [shape, file.weights([2.5])])])),
  'Round, to even': real((file, shape) => file.node('Round', [file.node('Sub', [shape, file.weights([0.5])])])),
  Sqrt: real(op('Sqrt')),
  Equal: bool(op('Equal', ints(3))),
  Greater: bool(op('Greater', ints(3))),
  GreaterOrEqual: bool(op('GreaterOrEqual', ints(3))),
  Less: bool(op('Less', ints(3))),
  LessOrEqual: bool(op('LessOrEqual', ints(3))),
  Not: bool((file, shape) => file.node('Not', [file.node('Less', [shape, file.ints(3)])])),
  And: bool((file, shape) => file.node('And', [file.node('Less', [shape, file.ints(4)]), file.node('Greater', [shape, file.ints(2)])])),
  Or: bool((file, shape) => file.node('Or', [file.node('Less', [shape, file.ints(3)]), file.node('Greater', [shape, file.ints(3)])])),
  Where: int64((file, shape) => file.node('Where', [file.node('Less', [shape, file.ints(3)]), shape, file.ints(-1)])),
  'Cast of a fraction': int64((file, shape) => {
    const half = file.node('Div', [file.node('Cast', [shape], { to: 1 }), file.weights([-2])]);
    return file.node('Cast', [half], { to: 7 });
  }),
  'Cast to bool': bool((file, shape) => file.node('Cast', [file.node('Sub', [shape, file.ints(3)])], { to: 9 })),
  ReduceProd: int64(op('ReduceProd', undefined, { keepdims: 0 })),
  ReduceSum: int64(op('ReduceSum')),
  ReduceMax: int64(op('ReduceMax')),
  ReduceMin: real(op('ReduceMin', undefined, { axes: [0] })),
  Gather: int64(op('Gather', ints(-1, 0))),
  'Slice to the end': int64(op('Slice', (file) => [file.ints([-2]), file.ints([2 ** 63])])),
  'Slice backwards': int64(op('Slice', (file) => [file.ints([-1]), file.ints([-(2 ** 63)]), file.ints([0]), file.ints([-2])])),
  'Slice by a Constant': int64(op('Slice', (file) => [file.ints([1]), file.node('Constant', [], { value: tensor([2 ** 63], [1], 'INT64') })])),
  Concat: int64(op('Concat', ints(7, 8), { axis: 0 })),
  'Concat of rows': int64((file, shape) => {
    const row = file.node('Unsqueeze', [shape, file.ints([0])]);
    return file.node('Concat', [row, file.node('Neg', [row])], { axis: 1 });
  }),
  Split: int64((file, shape) => {
    file.node('Split', [shape, file.ints([1, 2])], {}, { outputs: ['first', 'second'] });
    return file.node('Identity', ['second']);
  }),
  Transpose: int64((file, shape) => file.node('Transpose', [file.node('Concat', [1, 2].map(() => file.node('Unsqueeze', [shape, file.ints([0])])), { axis: 0 })])),
  Expand: int64(op('Expand', ints(2, 3))),
  Tile: int64(op('Tile', ints(2))),
  'Reshape, Squeeze and Unsqueeze': int64((file, shape) => {
    const column = file.node('Reshape', [shape, file.ints([-1, 1])]);
    return file.node('Unsqueeze', [file.node('Squeeze', [column, file.ints([1])]), file.ints([0])]);
  }),
  'ConstantOfShape and Range': int64((file, shape) => {
    const last = file.node('Gather', [shape, file.ints(2)]);
    const zeros = file.node('ConstantOfShape', [file.node('Slice', [shape, file.ints([2]), file.ints([3])])], { value: tensor([5], [1], 'INT64') });
    return file.node('Add', [zeros, file.node('Range', [file.ints(10), file.node('Mul', [last, file.ints(-4)]), file.ints(-7)])]);
  }),
  'Size and NonZero': int64((file, shape) => {
    const odd = file.node('Mod', [shape, file.ints([2])]);
    return file.node('Add', [file.node('NonZero', [odd]), file.node('Size', ['x'])]);
  }),
  ScatterND: int64(op('ScatterND', (file) => [file.initializer(tensor([2, 0], [2, 1], 'INT64')), file.ints([70, 80])])),
  'ScatterElements that adds': int64(op('ScatterElements', (file) => [file.ints([1, -2]), file.ints([5, 6])], { reduction: 'add' })),
  If: int64((file, shape) => {
    const branch = (add: number, name: string): OnnxFile => {
      const inside = new OnnxFile();
      inside.initializer(tensor([add], [1], 'INT64'), `${name}_by`);
      inside.node('Add', [shape, `${name}_by`], {}, { outputs: [name] });
      inside.output(name, undefined, 'INT64');
      return inside;
    };
    const condition = file.node('Equal', [file.node('Gather', [shape, file.ints(1)]), file.ints(3)]);
    return file.node('If', [condition], { then_branch: branch(100, 'yes').graph(), else_branch: branch(200, 'no').graph() });
  }),
};

describe('what is computed from shapes is known at import, and is what ONNX Runtime computes', () => {
  const used = new Set<string>();
  test.each(Object.entries(expressions))('%s', async (_, { write, elements }) => {
    const file = new OnnxFile();
    file.input('x', ['batch', 3, 4]);
    const y = write(file, file.node('Shape', ['x']));
    file.node('Identity', [y], {}, { outputs: ['y'] });
    file.output('y', undefined, elements);
    const value = imported(file).get('y')!;
    const found = known(value);
    expect(found && Array.from(found as ArrayLike<number | bigint>)).toEqual(Array.from(await original(file)));
    collect(value, used);
  });

  test('no evaluator goes untried', () => {
    expect(Object.keys(evaluators).filter((name) => !used.has(name))).toEqual([]);
  });
});

function collect(value: Value, into: Set<string>): void {
  into.add(value.node.op);
  for (const input of value.node.inputs) if (input) collect(input, into);
}
