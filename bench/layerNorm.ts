/**
 * Layer normalisation as exporters write it out before opset 17, against the one op that fuseLayerNorm makes of it: twelve
 * of them over the tokens of a small vision transformer. `npx tsx bench/layerNorm.ts`
 */
import { lower } from '../src/engine/lower.ts';
import { openSession, runtime } from '../src/engine/session.ts';
import { Builder } from '../src/graph/builder.ts';
import { Graph, type Value } from '../src/graph/ir.ts';
import { fuseLayerNorm } from '../src/graph/passes/fuseLayerNorm.ts';
import { shareCommon } from '../src/graph/passes/shareCommon.ts';
import { backward } from '../src/graph/vjp/index.ts';
import { processorClock } from './clocks.ts';
import { interleaved } from './interleaved.ts';
import { milliseconds, printMachine, printTable, ratio } from './table.ts';

const shape = [4, 197, 192] as const;
const channels = shape[2];
const layers = 12;

function layerNorm(g: Builder, x: Value): Value {
  const mean = (value: Value): Value => g.op('ReduceMean', [value], { axes: [-1], keepdims: 1 });
  const vector = (value: number): Value => g.graph.constant(new Float32Array(channels).fill(value), [channels]);
  const centred = g.sub(x, mean(x));
  const normal = g.div(centred, g.op('Sqrt', [g.add(mean(g.mul(centred, centred)), 1e-6)]));
  return g.add(g.mul(normal, vector(1.1)), vector(0.1));
}

function writtenOut(): Graph {
  const graph = new Graph();
  const g = new Builder(graph);
  let y = graph.input('x', shape);
  for (let layer = 0; layer < layers; layer++) y = layerNorm(g, y);
  graph.output('y', y);
  return graph;
}

function withGradient(graph: Graph): Graph {
  const y = graph.outputs.get('y') as Value;
  graph.output('dx', backward(graph, y, new Builder(graph).expand(graph.scalar(1), shape), graph.inputs[0] as Value));
  return shareCommon(graph);
}

const { Tensor } = await runtime();
const x = new Tensor('float32', Float32Array.from({ length: shape[0] * shape[1] * channels }, (_, i) => Math.sin(i)), [...shape]);

async function row(title: string, parts: Graph, one: Graph): Promise<readonly string[]> {
  const [inParts, asOne] = [await openSession(lower(parts), { threads: 1 }), await openSession(lower(one), { threads: 1 })];
  const timed = await interleaved({ parts: () => inParts.run({ x }), one: () => asOne.run({ x }) }, { clock: processorClock });
  await Promise.all([inParts.release(), asOne.release()]);
  const [slow, fast] = [timed.parts.median, timed.one.median];
  return [title, milliseconds(slow), milliseconds(fast), ratio(slow, fast)];
}

printMachine();
printTable(`${layers} layer normalisations of [${shape.join(', ')}], one thread`, ['', 'in parts, ms', 'as one op, ms', 'in parts / one'], [
  await row('forward', writtenOut(), fuseLayerNorm(writtenOut())),
  await row('with its gradient', withGradient(writtenOut()), withGradient(fuseLayerNorm(writtenOut()))),
]);
