import { describe, expect, test } from 'vitest';
import { Builder } from '../../src/graph/builder.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import { Graph, type DType, type Value } from '../../src/graph/ir.ts';
import { floatTwin } from '../../src/graph/passes/floatTwin.ts';
import { backward, vjpRules, type VjpRule } from '../../src/graph/vjp/index.ts';
import { straightThroughRules } from '../../src/graph/vjp/straightThrough.ts';
import { open } from './support.ts';

type Body = (g: Builder, x: Value) => Value;

const bytes = (g: Builder, dtype: DType, shape: readonly number[], ...values: number[]): Value => {
  const typed = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[dtype as 'int8' | 'uint8' | 'int32'];
  return g.graph.constant(typed.from(Array.from({ length: sizeOf(shape) }, (_, i) => values[i % values.length]!)), shape, dtype);
};
const floats = (g: Builder, ...values: number[]): Value => g.graph.constant(Float32Array.from(values), values.length === 1 ? [] : [values.length]);

/** Steps of 1/4 from −16 to 47.75. */
const quantize = (g: Builder, x: Value): Value => g.op('QuantizeLinear', [x, floats(g, 0.25), bytes(g, 'uint8', [], 64)]);
const dequantize = (g: Builder, x: Value): Value => g.op('DequantizeLinear', [x, floats(g, 0.25), bytes(g, 'uint8', [], 64)]);
const weights = (g: Builder, shape: readonly number[]): Value => bytes(g, 'int8', shape, 3, -5, 7, 1, -2, 4, -6);

const graphOf = (shape: readonly number[], body: Body): Graph => {
  const graph = new Graph();
  graph.output('y', body(new Builder(graph), graph.input('x', shape)));
  return graph;
};

const cotangent = (size: number): Float32Array => Float32Array.from({ length: size }, (_, i) => 0.5 + ((i * 0.618034) % 1));

/** The gradient of Σ c·y by the rules. */
async function gradient(graph: Graph, x: Float32Array, rules: Readonly<Record<string, VjpRule>>): Promise<Float32Array> {
  const y = graph.outputs.get('y')!;
  const c = graph.constant(cotangent(sizeOf(y.shape)), y.shape);
  graph.output('dx', backward(graph, y, c, graph.inputs[0]!, rules));
  return (await (await open(graph))(x)).get('dx')!.data as Float32Array;
}

/** Central differences of Σ c·y. */
async function differences(graph: Graph, x: Float32Array, step: number): Promise<Float32Array> {
  const run = await open(graph);
  const at = async (i: number, change: number): Promise<number> => {
    const y = (await run(x.with(i, x[i]! + change))).get('y')!.data as Float32Array;
    return cotangent(y.length).reduce((sum, c, k) => sum + c * y[k]!, 0);
  };
  const slopes = new Float32Array(x.length);
  for (const i of x.keys()) slopes[i] = ((await at(i, step)) - (await at(i, -step))) / (2 * step);
  return slopes;
}

/** On the grid, where rounding changes nothing: quarters in [−2, 2], no two neighbours alike. */
const onGrid = (size: number): Float32Array => Float32Array.from({ length: size }, (_, i) => (((i * 7 + 3) % 17) - 8) / 4);

const nets: Readonly<Record<string, readonly [shape: readonly number[], body: Body]>> = {
  'QuantizeLinear and DequantizeLinear': [[2, 3], (g, x) => dequantize(g, quantize(g, x))],
  'QuantizeLinear by channel': [
    [2, 3, 2],
    (g, x) => {
      const steps = [floats(g, 0.25, 0.5, 0.125), bytes(g, 'int8', [3], 0, 3, -4)];
      return g.op('DequantizeLinear', [g.op('QuantizeLinear', [x, ...steps], { axis: 1 }), ...steps], { axis: 1 });
    },
  ],
  'bytes moved and pooled': [
    [1, 2, 4, 4],
    (g, x) => {
      const pooled = g.op('MaxPool', [quantize(g, x)], { kernel_shape: [2, 2], strides: [2, 2] });
      return dequantize(g, g.op('Concat', [g.reshape(pooled, [1, 8]), g.reshape(g.transpose(pooled, [0, 2, 3, 1]), [1, 8])], { axis: 1 }));
    },
  ],
  QLinearConv: [
    [2, 2, 4, 4],
    (g, x) => {
      const scales = [floats(g, 0.25), bytes(g, 'uint8', [], 64)];
      const filter = [weights(g, [3, 2, 3, 3]), floats(g, 0.5, 0.25, 0.125), bytes(g, 'int8', [3], 0)];
      const to = [floats(g, 0.5), bytes(g, 'uint8', [], 130)];
      const y = g.op('QLinearConv', [quantize(g, x), ...scales, ...filter, ...to, bytes(g, 'int32', [3], 8, -8, 16)], { pads: [1, 1, 1, 1], strides: [2, 2] });
      return g.op('DequantizeLinear', [y, ...to]);
    },
  ],
  QLinearMatMul: [
    [2, 5],
    (g, x) => {
      const to = [floats(g, 0.25), bytes(g, 'uint8', [], 128)];
      const matrix = [weights(g, [5, 3]), floats(g, 0.125), bytes(g, 'int8', [], 1)];
      return g.op('DequantizeLinear', [g.op('QLinearMatMul', [quantize(g, x), floats(g, 0.25), bytes(g, 'uint8', [], 64), ...matrix, ...to]), ...to]);
    },
  ],
  'QLinearMatMul of two computed matrices': [
    [4, 4],
    (g, x) => {
      const to = [floats(g, 1), bytes(g, 'uint8', [], 128)];
      const side = (y: Value): Value[] => [y, floats(g, 0.25), bytes(g, 'uint8', [], 64)];
      const q = quantize(g, x);
      return g.op('DequantizeLinear', [g.op('QLinearMatMul', [...side(q), ...side(g.transpose(q, [1, 0])), ...to]), ...to]);
    },
  ],
  'ConvInteger, its bias and a Cast': [
    [2, 2, 3, 3],
    (g, x) => {
      const sums = g.op('ConvInteger', [quantize(g, x), weights(g, [4, 1, 2, 2]), bytes(g, 'uint8', [], 64), bytes(g, 'int8', [], 2)], { group: 2, pads: [1, 0, 0, 1] });
      return g.mul(g.op('Cast', [g.add(sums, bytes(g, 'int32', [1, 4, 1, 1], 5, -7))], { to: 'float32' }), 0.5);
    },
  ],
  MatMulInteger: [
    [2, 5],
    (g, x) => {
      const sums = g.op('MatMulInteger', [quantize(g, x), weights(g, [5, 3]), bytes(g, 'uint8', [], 64), bytes(g, 'int8', [3], 0, 1, -1)]);
      return g.op('Cast', [sums], { to: 'float32' });
    },
  ],
};

describe.each(Object.entries(nets))('%s', (_, [shape, body]) => {
  test('its straight-through gradient is that of the unquantised function', async () => {
    const x = onGrid(sizeOf(shape));
    const expected = await differences(floatTwin(graphOf(shape, body), { staircases: false }), x, 0.0625);
    const found = await gradient(graphOf(shape, body), x, vjpRules);
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value) / largest).toBeLessThan(1e-4);
  });

  test('on the grid the quantised function is the unquantised one', async () => {
    const x = onGrid(sizeOf(shape));
    const [exact, float] = [graphOf(shape, body), floatTwin(graphOf(shape, body), { staircases: false })];
    const [ours, theirs] = [(await (await open(exact))(x)).get('y')!.data, (await (await open(float))(x)).get('y')!.data];
    // What a QLinear op rounds its result by: half of at most 1.
    for (const [i, value] of theirs.entries()) expect(Math.abs(Number(ours[i]) - Number(value))).toBeLessThanOrEqual(0.5 + 1e-4);
  });
});

test('a range taken from the input counts as fixed', async () => {
  const body: Body = (g, x) => {
    const [q, scale, zero] = g.op('DynamicQuantizeLinear', [x]).node.outputs as [Value, Value, Value];
    const sums = g.op('MatMulInteger', [q, weights(g, [5, 3]), zero, bytes(g, 'int8', [], 0)]);
    return g.mul(g.op('Cast', [sums], { to: 'float32' }), scale);
  };
  const x = onGrid(10);
  const expected = await differences(floatTwin(graphOf([2, 5], body), { staircases: false }), x, 0.0625);
  const found = await gradient(graphOf([2, 5], body), x, vjpRules);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 3);
});

test('what lies beyond the range passes no cotangent, and what rounds to its end does', async () => {
  const x = Float32Array.of(-16.3, -16.1, -16, 0.1, 47.75, 47.8, 48);
  const found = await gradient(graphOf([7], (g, value) => dequantize(g, quantize(g, value))), x, vjpRules);
  expect(Array.from(found, (value, i) => value === cotangent(7)[i])).toEqual([false, true, true, true, true, true, false]);
  expect([found[0], found[6]]).toEqual([0, 0]);
});

const stairs: Readonly<Record<string, Body>> = {
  Round: (g, x) => g.op('Round', [x]),
  Floor: (g, x) => g.op('Floor', [x]),
  Ceil: (g, x) => g.op('Ceil', [x]),
  Sign: (g, x) => g.op('Sign', [x]),
  'Cast and back': (g, x) => g.op('Cast', [g.op('Cast', [x], { to: 'int64' })], { to: 'float32' }),
};

describe.each(Object.entries(stairs))('%s', (_, body) => {
  const x = Float32Array.of(-1.7, -0.6, -0.3, 0.2, 0.9, 1.4);
  const net: Body = (g, at) => g.mul(body(g, g.mul(at, 1)), 3);

  test('has no gradient of its own', async () => {
    expect([...(await gradient(graphOf([6], net), x, vjpRules))].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('straight through, it has that of the slope it climbs', async () => {
    const expected = await differences(floatTwin(graphOf([6], net), { staircases: true }), x, 0.05);
    const found = await gradient(graphOf([6], net), x, straightThroughRules);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 3);
  });
});

test('places and truths carry no cotangent, straight through or not', async () => {
  const body: Body = (g, x) => {
    const at = g.op('Cast', [g.op('Abs', [x])], { to: 'int64' });
    const picked = g.op('GatherElements', [g.mul(x, 2), at], { axis: 0 });
    return g.where(g.op('Greater', [x, 0]), picked, 0);
  };
  const found = await gradient(graphOf([3], body), Float32Array.of(0.2, 1.4, -1.9), straightThroughRules);
  const [first, second] = cotangent(3);
  expect([...found]).toEqual([2 * first!, 2 * second!, 0].map(Math.fround));
});
