import { expect, test } from 'vitest';
import { evaluate } from '../../src/engine/evaluate.ts';
import { Graph } from '../../src/graph/ir.ts';
import { parameterInput, statisticOutput, type Trainable } from '../../src/graph/trainable.ts';
import { trainingGraph } from '../../src/graph/trainingGraph.ts';
import { crossEntropy, mart, trades } from '../../src/train/objectives.ts';
import { openTrainingProgram } from '../../src/train/trainingProgram.ts';
import { wave } from '../graph/support.ts';
import { gradientDifference, oneStep, type Asked } from '../support/trainingStep.ts';

const numbers = (shape: readonly number[], phase: number): Float32Array => wave(shape, phase).data as Float32Array;

/** A dense layer, batch normalisation, tanh, a dense layer. Its average moves half of the way. */
const shapes = { w: [3, 4], scale: [4], bias: [4], average: [4], v: [4, 3] } as const;
const net: Trainable = {
  parameters: Object.entries(shapes).map(([name, shape], i) => ({ name, shape, data: numbers(shape, i), trainable: name !== 'average' })),
  trace(batch) {
    const graph = new Graph();
    const x = graph.input('x', [batch, 3]);
    const [w, scale, bias, average, v] = net.parameters.map((each) => parameterInput(graph, each));
    const normed = graph.add('BatchNormalization', [graph.add('MatMul', [x, w]), scale, bias], { axis: 1, epsilon: 0.1 });
    const sum = graph.add('Add', [average, normed.node.outputs[1]]);
    graph.output(statisticOutput('average'), graph.add('Mul', [sum, graph.scalar(0.5)]));
    graph.output('logits', graph.add('MatMul', [graph.add('Tanh', [normed]), v]));
    return Promise.resolve(graph);
  },
  draw: () => Promise.resolve(new Map()),
  save: () => Promise.reject(new Error('it has no file')),
};
const [clean, adv] = [numbers([5, 3], 1), numbers([5, 3], 1).map((value, i) => value + 0.1 * Math.sin(i))];
const labels = [0, 2, 1, 1, 0];
const one: Asked = { views: [clean], labels };
const two: Asked = { views: [clean, adv], labels };

test.each([
  ['cross-entropy', crossEntropy({ labelSmoothing: 0.1 }), one],
  ['TRADES', trades({ beta: 2 }), two],
  ['MART', mart(), two],
] as const)('a step of %s has the gradients of central differences, by parameters and examples', async (_, objective, asked) => {
  expect(await gradientDifference(net, asked, { objective, step: 1e-2 })).toBeLessThan(2e-3);
});

test('each view has the statistics of its own batch, and moves the average after the one before', async () => {
  const [first, second] = [await oneStep(net, one), await oneStep(net, { views: [adv], labels })];
  const both = await oneStep(net, two, trades());
  expect(both.logits).toEqual([...first.logits, ...second.logits]);
  const start = net.parameters[3]!.data;
  const expected = start.map((value, i) => (first.statistics.get('average')![i]! + 2 * second.statistics.get('average')![i]! - value) / 2);
  for (const [i, value] of both.statistics.get('average')!.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
});

test('the loss is the mean over the rows: the same examples twice change nothing', async () => {
  const twice = { views: [Float32Array.of(...clean, ...clean)], labels: [...labels, ...labels] };
  const [a, b] = [await oneStep(net, one), await oneStep(net, twice)];
  expect(b.loss).toBeCloseTo(a.loss, 6);
  for (const [name, gradient] of a.gradients) for (const [i, value] of gradient.entries()) expect(b.gradients.get(name)![i]).toBeCloseTo(value, 5);
});

test('a step that does not fit the graph is refused, and says how', async () => {
  const program = await openTrainingProgram(await trainingGraph(await net.trace(5, 'training'), crossEntropy(), evaluate), { threads: 1 });
  const values = new Map(net.parameters.map(({ name, data }) => [name, data]));
  await expect(program.step({ views: [clean], labels: [0, 1] }, values)).rejects.toThrow('expected 5 rows of 1 views, found 2 of 1');
  await expect(program.step(two, values)).rejects.toThrow('expected 5 rows of 1 views, found 5 of 2');
  await expect(program.step({ views: [clean], labels: [0, 1, 2, 3, 0] }, values)).rejects.toThrow('row 3: expected a class below 3, found 3');
  await expect(program.step(one, new Map([...values].slice(1)))).rejects.toThrow('parameter w: expected 12 numbers, found none');
  await program.release();
});
