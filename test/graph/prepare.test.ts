import { expect, test } from 'vitest';
import { lossRows } from '../../src/core/losses.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { Graph, Untraceable, type Value } from '../../src/graph/ir.ts';
import { appendLossHead } from '../../src/graph/lossHead.ts';
import { forwardGraph, gradientGraph } from '../../src/graph/prepare.ts';
import { backward, vjpRules, type VjpRule } from '../../src/graph/vjp/index.ts';
import { between, expectClose, wave } from './support.ts';

const [rows, classes] = [3, 4];
const toFirst = { perm: [0, 3, 1, 2] };
const toLast = { perm: [0, 2, 3, 1] };
const opsOf = (graph: Graph): string[] =>
  graph.nodes.map(({ op }) => op).filter((op) => op !== 'Constant' && op !== 'Input');

/** A channels-last ResNet as a front end writes it: Transposes around every convolution, batch norm beside. */
function resNet(channels: number, size = 8): Graph {
  const g = new Graph();
  let seed = 0;
  const weight = (shape: readonly number[], scale = 1): Value => {
    const { data } = wave(shape, seed++);
    return g.constant(
      (data as Float32Array).map((w) => scale * w),
      shape,
    );
  };
  const positive = (shape: readonly number[]): Value => g.constant(between(0.5, 1.5, shape).data, shape);
  const conv = (x: Value, filters: number, kernel: number, stride: number): Value => {
    const inputs = x.shape.at(-1)!;
    const pads = stride === 1 && kernel === 3 ? [1, 1, 1, 1] : kernel === 3 ? [0, 0, 1, 1] : [0, 0, 0, 0];
    const w = weight([filters, inputs, kernel, kernel], 1 / (kernel * Math.sqrt(inputs)));
    const y = g.add(
      'Transpose',
      [g.add('Conv', [g.add('Transpose', [x], toFirst), w], { strides: [stride, stride], pads })],
      toLast,
    );
    return g.add('Add', [g.add('Mul', [y, positive([filters])]), weight([filters], 0.1)]);
  };
  const relu = (x: Value): Value => g.add('Relu', [x]);
  const block = (x: Value, filters: number, stride: number): Value => {
    const y = conv(relu(conv(x, filters, 3, stride)), filters, 3, 1);
    return relu(g.add('Add', [y, stride === 1 ? x : conv(x, filters, 1, stride)]));
  };
  const x = g.input('x', [rows, size, size, channels]);
  const features = block(block(relu(conv(x, 6, 3, 1)), 6, 1), 8, 2);
  const pooled = g.add('ReduceMean', [features], { axes: [1, 2], keepdims: 0 });
  g.output('logits', g.add('Add', [g.add('MatMul', [pooled, weight([8, classes])]), weight([classes])]));
  return g;
}

/** Values for every input of a gradient graph of `resNet`. */
function feedsOf(graph: Graph): Record<string, Float32Array> {
  const { kind, a, b } = lossRows(rows, classes);
  for (let row = 0; row < rows; row++) a[row * classes + row] = 1;
  return { x: between(0, 1, graph.inputs[0]!.shape).data as Float32Array, lossKind: kind, lossA: a, lossB: b };
}

/** The gradient graph without any pass. */
function plainGradient(graph: Graph): Graph {
  const logits = graph.outputs.get('logits')!;
  const { loss, cotangent } = appendLossHead(graph, logits);
  graph.output('loss', loss);
  graph.output('gradient', backward(graph, logits, cotangent, graph.inputs[0]!));
  return graph;
}

test.each([
  ['one channel, no Transpose at all', 1, 0],
  ['three channels, one Transpose where the image enters', 3, 1],
])('a channels-last ResNet of %s keeps only convolutions, activations and sums', async (_, channels, transposes) => {
  const graph = await forwardGraph(resNet(channels), evaluate);
  const ops = opsOf(graph);
  expect(ops.filter((op) => op === 'Transpose')).toHaveLength(transposes);
  if (transposes > 0) expect(ops[0]).toBe('Transpose');
  expect(new Set(ops)).toEqual(
    new Set(['Conv', 'Relu', 'Add', 'ReduceMean', 'MatMul', transposes ? 'Transpose' : 'Reshape']),
  );
  expect(ops.filter((op) => op === 'Conv')).toHaveLength(6);
});

test('its gradient adds a Transpose only where it leaves', async () => {
  const graph = await gradientGraph(resNet(3), evaluate);
  const transposes = graph.nodes.filter(({ op }) => op === 'Transpose');
  expect(transposes).toHaveLength(2);
  expect(graph.outputs.get('gradient')!.node).toBe(transposes[1]);
});

test('the passes change no answer', async () => {
  const plain = await evaluate(plainGradient(resNet(3)), feedsOf(resNet(3)));
  const prepared = await evaluate(await gradientGraph(resNet(3), evaluate), feedsOf(resNet(3)));
  for (const name of ['logits', 'loss', 'gradient']) {
    expectClose(prepared.get(name)!.data as Float32Array, plain.get(name)!.data as Float32Array, 1e-5);
  }
});

test('the forward graph gives the logits of the gradient graph', async () => {
  const { x } = feedsOf(resNet(3));
  const forward = await evaluate(await forwardGraph(resNet(3), evaluate), { x: x! });
  const gradient = await evaluate(await gradientGraph(resNet(3), evaluate), feedsOf(resNet(3)));
  expectClose(forward.get('logits')!.data as Float32Array, gradient.get('logits')!.data as Float32Array, 1e-6);
});

test.each(['Relu', 'Conv', 'MatMul', 'ReduceMean'])('a %s rule that is 1 %% off moves the gradient', async (op) => {
  const rule = vjpRules[op]!;
  const off: VjpRule = (at, input) => {
    const cotangent = rule(at, input);
    return cotangent && at.g.mul(cotangent, 1.01);
  };
  const right = await evaluate(await gradientGraph(resNet(3), evaluate), feedsOf(resNet(3)));
  const wrong = await evaluate(
    await gradientGraph(resNet(3), evaluate, { ...vjpRules, [op]: off }),
    feedsOf(resNet(3)),
  );
  const [a, b] = [right, wrong].map((results) => results.get('gradient')!.data as Float32Array);
  const largest = Math.max(...a!.map(Math.abs));
  expect(Math.max(...a!.map((value, i) => Math.abs(value - b![i]!))) / largest).toBeGreaterThan(5e-3);
});

test('a model with an op that has no gradient rule still gives logits, and says which op it is', async () => {
  const graph = (): Graph => {
    const g = new Graph();
    const x = g.input('x', [1, 1, 2, 2]);
    const indices = g.constant(BigInt64Array.of(1n, 6n, 8n, 15n), [1, 1, 2, 2], 'int64');
    const spread = g.add('MaxUnpool', [x, indices], { kernel_shape: [2, 2], strides: [2, 2], output_shape: [1, 1, 4, 4] });
    g.output('logits', g.add('Reshape', [spread], { shape: [1, 16] }));
    return g;
  };
  expect((await forwardGraph(graph(), evaluate)).outputs.has('logits')).toBe(true);
  await expect(gradientGraph(graph(), evaluate)).rejects.toThrow(Untraceable);
  await expect(gradientGraph(graph(), evaluate)).rejects.toThrow('MaxUnpool');
});
