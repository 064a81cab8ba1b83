import { describe, expect, test } from 'vitest';
import { Builder } from '../../src/graph/builder.ts';
import { gradientPath, type GradientPath } from '../../src/graph/gradientPath.ts';
import { Graph, type Value } from '../../src/graph/ir.ts';
import { straightThroughRules } from '../../src/graph/vjp/straightThrough.ts';

type Body = (g: Builder, x: Value) => Value;

function pathOf(body: Body, rules?: typeof straightThroughRules): GradientPath {
  const graph = new Graph();
  const x = graph.input('x', [2, 4]);
  return gradientPath(graph, body(new Builder(graph, 'layer'), x), x, rules);
}
const names = ({ ends }: GradientPath): string[] => ends.map(({ op }) => op);

/** In the sound ones, a truth chooses among values that have a gradient. */
const sound: Readonly<Record<string, Body>> = {
  'a smooth net': (g, x) => g.op('Tanh', [x]),
  'a ReLU as a comparison and a Where': (g, x) => g.where(g.op('Greater', [x, 0]), x, 0),
  'a ReLU as a comparison, a Cast and a product': (g, x) => g.mul(x, g.indicator(g.op('Greater', [x, 0]))),
  'the largest values, by place': (g, x) => {
    const place = g.op('ArgMax', [x], { axis: 1, keepdims: 1 });
    return g.op('GatherElements', [x, place], { axis: 1 });
  },
  'a staircase that nothing needs': (g, x) => {
    g.op('Round', [x]);
    return x;
  },
};

test.each(Object.entries(sound))('%s has a gradient everywhere', (_, body) => {
  expect(pathOf(body)).toEqual({ estimated: [], ends: [], reaches: true });
});

const stopped: Readonly<Record<string, readonly [ends: readonly string[], reaches: boolean, body: Body]>> = {
  'a staircase': [['Round'], false, (g, x) => g.mul(g.op('Round', [g.mul(x, 8)]), 1 / 8)],
  'a staircase beside a slope': [['Sign'], true, (g, x) => g.add(x, g.op('Sign', [x]))],
  'a staircase that is a factor': [['Floor'], true, (g, x) => g.mul(x, g.op('Floor', [x]))],
  'a hard threshold': [['Greater'], false, (g, x) => g.indicator(g.op('Greater', [x, 0.5]))],
  'a hard threshold between constants': [['Less'], false, (g, x) => g.where(g.op('Less', [x, 0]), -1, 1)],
  'a threshold beside a slope': [['Greater'], true, (g, x) => g.add(g.mul(x, 0.1), g.mul(g.indicator(g.op('Greater', [x, 0.5])), 2))],
  'a Cast to whole numbers and back': [['Cast'], false, (g, x) => g.op('Cast', [g.op('Cast', [g.mul(x, 255)], { to: 'uint8' })], { to: 'float32' })],
  'the place of the largest': [['ArgMax'], false, (g, x) => g.op('OneHot', [g.op('ArgMax', [x], { axis: 1, keepdims: 0 })], { depth: 4, values: [0, 1] })],
};

describe.each(Object.entries(stopped))('%s', (_, [ends, reaches, body]) => {
  test('is named', () => {
    const path = pathOf(body);
    expect([names(path), path.reaches, path.estimated]).toEqual([ends, reaches, []]);
    expect(path.ends[0]!.name).toBe('layer');
  });
});

test('straight through, staircases are estimated, and thresholds still end it', () => {
  const path = pathOf((g, x) => g.add(g.op('Round', [x]), g.indicator(g.op('Greater', [x, 0]))), straightThroughRules);
  expect([names(path), path.reaches, path.estimated]).toEqual([['Greater'], true, [{ op: 'Round', name: 'layer' }]]);
});

test('quantisation is estimated whether asked for or not', () => {
  const path = pathOf((g, x) => {
    const steps = [g.graph.scalar(0.1), g.graph.constant(Uint8Array.of(0), [], 'uint8')];
    return g.op('DequantizeLinear', [g.op('QuantizeLinear', [x, ...steps]), ...steps]);
  });
  expect(path).toEqual({ estimated: [{ op: 'QuantizeLinear', name: 'layer' }], ends: [], reaches: true });
});

test('nor does a range taken from the input end it', () => {
  const path = pathOf((g, x) => {
    const [whole, scale, zero] = g.op('DynamicQuantizeLinear', [x]).node.outputs as [Value, Value, Value];
    return g.op('DequantizeLinear', [whole, scale, zero]);
  });
  expect(path).toEqual({ estimated: [{ op: 'DynamicQuantizeLinear', name: 'layer' }], ends: [], reaches: true });
});
