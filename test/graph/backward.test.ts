import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/engine/evaluate.ts';
import { gradientError, type Case } from '../../src/graph/check.ts';
import { Graph, Untraceable, type Attributes, type Value } from '../../src/graph/ir.ts';
import { ops } from '../../src/graph/shapes.ts';
import { backward, backwardAll, vjpRules } from '../../src/graph/vjp/index.ts';
import { open, wave } from './support.ts';

/** d(Σ y)/dx of an op at some points. */
async function slope(op: string, x: readonly number[], attributes: Attributes = {}): Promise<number[]> {
  const graph = new Graph();
  const at = graph.input('x', [x.length]);
  const y = graph.add(op, [at], attributes);
  graph.output('dx', backward(graph, y, graph.constant(new Float32Array(x.length).fill(1), y.shape), at));
  return [...((await evaluate(graph, { x: Float32Array.from(x) })).get('dx')!.data as Float32Array)];
}

const next = (x: number, direction: 1 | -1): number => {
  const bits = new Int32Array(Float32Array.of(x).buffer);
  bits[0]! += Math.sign(x) * direction;
  return new Float32Array(bits.buffer)[0]!;
};

describe('at kinks and one float beside them, a mask is exactly 0 or 1', () => {
  const tiny = 2 ** -126;
  const big = 3e38;
  test.each<[string, Attributes, number[], number[]]>([
    ['Relu', {}, [-big, -tiny, 0, tiny, big], [0, 0, 0, 1, 1]],
    ['Clip', { min: 0, max: 6 }, [-big, -tiny, 0, tiny, next(6, -1), 6, next(6, 1), big], [0, 0, 1, 1, 1, 1, 0, 0]],
    [
      'Clip',
      { min: 0, max: 6, rectifies: 1 },
      [-big, -tiny, 0, tiny, next(6, -1), 6, next(6, 1), big],
      [0, 0, 0, 1, 1, 0, 0, 0],
    ],
    [
      'Clip',
      { min: 0, max: 0.1, rectifies: 1 },
      [-1, 1e-20, next(Math.fround(0.1), -1), 0.1, 0.2],
      [0, 1, 1, 0, 0],
    ],
    ['Clip', { min: -1, max: 1 }, [next(-1, -1), -1, 0, 1, next(1, 1)], [0, 1, 1, 1, 0]],
    [
      'Clip',
      { min: 0.3, max: 0.7 },
      [next(Math.fround(0.3), -1), 0.3, 0.5, 0.7, next(Math.fround(0.7), 1)],
      [0, 1, 1, 1, 0],
    ],
    ['Clip', { min: -8, max: -0.5 }, [next(-8, -1), -8, -1, -0.5, next(-0.5, 1)], [0, 1, 1, 1, 0]],
    ['LeakyRelu', { alpha: 0.25 }, [-big, -tiny, 0, tiny, big], [0.25, 0.25, 0.25, 1, 1]],
    ['Abs', {}, [-2, 0, 2], [-1, 0, 1]],
  ])('%s %o', async (op, attributes, points, expected) => {
    expect(await slope(op, points, attributes)).toEqual(expected);
  });
});

test('a value used twice gets the sum of both cotangents', async () => {
  const graph = new Graph();
  const x = graph.input('x', [3]);
  const y = graph.add('Mul', [x, graph.add('Add', [x, x])]);
  graph.output('dx', backward(graph, y, graph.constant(Float32Array.of(1, 1, 1), [3]), x));
  const { data } = (await evaluate(graph, { x: Float32Array.of(1, -2, 3) })).get('dx')!;
  expect([...(data as Float32Array)]).toEqual([4, -8, 12]);
});

test('an op without a rule is named, unless it does not lead to x', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 2]);
  const rest = Object.fromEntries(Object.entries(vjpRules).filter(([op]) => op !== 'MatMul'));
  const constant = (): Value => graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const known = graph.add('MatMul', [constant(), constant()]);
  const y = graph.add('Add', [x, known]);
  expect(() => backward(graph, y, constant(), x, rest)).not.toThrow();
  const z = graph.add('MatMul', [x, known]);
  expect(() => backward(graph, z, constant(), x, rest)).toThrow(new Untraceable('MatMul', 'it has no gradient rule'));
});

test('nothing is computed for what does not depend on x', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 3]);
  const w = graph.constant(wave([3, 2]).data, [3, 2]);
  const y = graph.add('MatMul', [x, w]);
  const before = graph.nodes.length;
  backward(graph, y, graph.constant(new Float32Array(4), [2, 2]), x);
  expect(graph.nodes.slice(before + 1).map(({ op }) => op)).toEqual(['Transpose', 'MatMul']);
});

test('gradients with respect to several values come from one pass', async () => {
  const graph = new Graph();
  const [a, b] = [graph.input('a', [2]), graph.input('b', [2])];
  const y = graph.add('Mul', [a, b]);
  const [da, db] = backwardAll(graph, y, graph.constant(Float32Array.of(1, 1), [2]), [a, b]);
  graph.output('da', da!);
  graph.output('db', db!);
  const results = await evaluate(graph, { a: Float32Array.of(2, 3), b: Float32Array.of(5, 7) });
  expect([...(results.get('da')!.data as Float32Array)]).toEqual([5, 7]);
  expect([...(results.get('db')!.data as Float32Array)]).toEqual([2, 3]);
});

test('a value that the output does not depend on has gradient 0', async () => {
  const graph = new Graph();
  const x = graph.input('x', [2]);
  const y = graph.add('Floor', [x]);
  graph.output('dx', backward(graph, y, graph.constant(Float32Array.of(1, 1), [2]), x));
  expect([...((await evaluate(graph, { x: Float32Array.of(1.5, 2) })).get('dx')!.data as Float32Array)]).toEqual([
    0, 0,
  ]);
});

/** What is not float32 carries no gradient; MaxUnpool is written by a rule, never by a front end. */
const withoutGradient = 'Equal Greater GreaterOrEqual Less LessOrEqual And Or Not ArgMax ArgMin OneHot MaxUnpool';

test('every op of the graph has a rule or a reason to have none', () => {
  const missing = ops.filter((op) => !(op in vjpRules));
  expect(missing.sort()).toEqual(withoutGradient.split(' ').sort());
});

test('central differences refuse a rule that is 1 % off', async () => {
  const given: Case = { op: 'Tanh', inputs: [wave([2, 3])] };
  const Tanh = vjpRules['Tanh']!;
  const rules = { ...vjpRules, Tanh: ((at, i) => at.g.mul(Tanh(at, i)!, 1.01)) as typeof Tanh };
  expect(await gradientError(given, open)).toBeLessThan(1e-3);
  expect(await gradientError(given, open, { rules })).toBeGreaterThan(5e-3);
});
