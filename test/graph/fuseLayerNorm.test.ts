import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/engine/evaluate.ts';
import { Builder } from '../../src/graph/builder.ts';
import { Graph, type Value } from '../../src/graph/ir.ts';
import { foldConstants } from '../../src/graph/passes/foldConstants.ts';
import { fuseLayerNorm } from '../../src/graph/passes/fuseLayerNorm.ts';
import { expectClose, spread, wave } from './support.ts';

const x = spread([2, 3, 4]);

interface Parts {
  readonly axes?: readonly number[];
  readonly power?: number;
  /** Two subtractions, as older exporters write them. */
  readonly twice?: boolean;
  /** What the deviation is that of. */
  readonly other?: (g: Builder, x: Value) => Value;
}

function written(g: Builder, from: Value, { axes = [-1], power, twice, other = (_, same) => same }: Parts): Value {
  const mean = (value: Value): Value => g.op('ReduceMean', [value], { axes, keepdims: 1 });
  const of = other(g, from);
  const centred = g.sub(from, mean(from));
  const again = twice || of !== from ? g.sub(of, mean(of)) : centred;
  const squares = power === undefined ? g.mul(again, again) : g.op('Pow', [again, power]);
  return g.div(centred, g.op('Sqrt', [g.add(mean(squares), 1e-3)]));
}

/** The graph of `write`, and what the pass makes of it; both give the same. */
async function fused(write: (g: Builder, x: Value) => Value): Promise<string[]> {
  const graph = new Graph();
  graph.output('y', write(new Builder(graph), graph.input('x', x.shape)));
  const after = await foldConstants(fuseLayerNorm(graph), evaluate);
  const [expected, found] = [await evaluate(graph, { x: x.data }), await evaluate(after, { x: x.data })];
  expectClose(found.get('y')!.data as Float32Array, expected.get('y')!.data as Float32Array, 1e-5);
  return after.nodes.map(({ op }) => op).filter((op) => op !== 'Constant' && op !== 'Input');
}

const vector = (g: Builder, phase: number, shape: readonly number[] = [4]): Value => g.graph.constant(wave(shape, phase).data, shape);

describe('a layer normalisation in parts becomes one op', () => {
  const rows: Readonly<Record<string, (g: Builder, x: Value) => Value>> = {
    'with a product for the square': (g, from) => written(g, from, {}),
    'with a power': (g, from) => written(g, from, { power: 2 }),
    'with two subtractions': (g, from) => written(g, from, { twice: true }),
    'over two axes': (g, from) => written(g, from, { axes: [-2, -1] }),
    'with a factor and a shift': (g, from) => g.add(g.mul(written(g, from, {}), vector(g, 1)), vector(g, 2)),
    'with a factor before it and a shift of three axes': (g, from) => g.add(vector(g, 2, [1, 1, 4]), g.mul(vector(g, 1), written(g, from, {}))),
    'with a shift alone': (g, from) => g.add(written(g, from, {}), vector(g, 2)),
  };
  test.each(Object.entries(rows))('%s', async (_, write) => {
    expect(await fused(write)).toEqual(['LayerNormalization']);
  });

  test('and a shift after a shift stays', async () => {
    expect(await fused((g, from) => g.add(g.add(written(g, from, {}), vector(g, 1)), vector(g, 2)))).toEqual(['LayerNormalization', 'Add']);
  });
});

describe('what only looks like one stays', () => {
  const rows: Readonly<Record<string, (g: Builder, x: Value) => Value>> = {
    'a fourth power': (g, from) => written(g, g.op('Abs', [from]), { power: 4 }),
    'the first axes': (g, from) => written(g, from, { axes: [1] }),
    'the deviation of something else': (g, from) => written(g, from, { other: (h, same) => h.mul(same, same) }),
  };
  test.each(Object.entries(rows))('%s', async (_, write) => {
    expect(await fused(write)).not.toContain('LayerNormalization');
  });

  test('a factor of one number for each row', async () => {
    expect(await fused((g, from) => g.mul(written(g, from, {}), vector(g, 1, [3, 1])))).toEqual(['LayerNormalization', 'Mul']);
  });
});
