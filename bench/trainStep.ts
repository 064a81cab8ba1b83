/**
 * A training step (forward in training mode, cross-entropy, gradients of all parameters) against a gradient step of the
 * inner attack: with the weights as constants, what it costs to put new ones there, and with the weights as inputs.
 * `npx tsx bench/trainStep.ts [NET …] [--profile op|node]`
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { lossRows } from '../src/core/losses.ts';
import { randomOf } from '../src/core/random.ts';
import { evaluate } from '../src/engine/evaluate.ts';
import { lower } from '../src/engine/lower.ts';
import { openProgram } from '../src/engine/program.ts';
import { bindParameters } from '../src/graph/bindParameters.ts';
import { sizeOf } from '../src/graph/broadcast.ts';
import type { Graph } from '../src/graph/ir.ts';
import type { TfjsModel } from '../src/graph/model.ts';
import { gradientGraph } from '../src/graph/prepare.ts';
import { parametersOf, type Trainable, type Values } from '../src/graph/trainable.ts';
import { trainingGraph } from '../src/graph/trainingGraph.ts';
import { crossEntropy } from '../src/train/objectives.ts';
import { openTrainingProgram } from '../src/train/trainingProgram.ts';
import { processorClock, wallClock } from './clocks.ts';
import { interleaved } from './interleaved.ts';
import { chosenNets, nets, type Net } from './nets/index.ts';
import { savedNet } from './nets/savedNet.ts';
import { tinyCnn } from './nets/tinyCnn.ts';
import { operatorProfile } from './operatorProfile.ts';
import { milliseconds, percent, printMachine, printTable, ratio } from './table.ts';

type Row = readonly string[];

/** The net of the adversarial-training recipe, and a deep one with batch normalisation. */
const trained: readonly (readonly [string, Net])[] = [
  ['tiny CNN', { build: tinyCnn, batchSize: 128 }],
  ['ResNet-20', nets['ResNet-20'] as Net],
];

function trainableOf({ path, trainable }: TfjsModel): Trainable {
  if (trainable === undefined || typeof trainable === 'string') throw new Error(`${path}: ${trainable ?? 'it cannot be trained'}`);
  return trainable;
}

const graphOf = async (model: TfjsModel, batchSize: number): Promise<Graph> =>
  trainingGraph(await trainableOf(model).trace(batchSize, 'training'), crossEntropy(), evaluate);

/** The inner attack's graph with the weights as inputs, and a function that makes the one with new weights in it. */
async function openAttacks({ inputShape, classes }: TfjsModel, trainable: Trainable, values: Values, batchSize: number, threads: number) {
  const forward = await trainable.trace(batchSize, 'inference');
  const random = randomOf(0, 'bench');
  const losses = lossRows(batchSize, classes);
  for (let row = 0; row < batchSize; row++) losses.a[row * classes + (row % classes)] = 1;
  const x = Float32Array.from({ length: batchSize * sizeOf(inputShape) }, () => random.uniform());
  const feeds = { x, lossKind: losses.kind, lossA: losses.a, lossB: losses.b };
  const parameters = Object.fromEntries(parametersOf(forward).map(({ name, value }) => [value.node.name, values.get(name) as Float32Array]));
  const rebuild = async () => openProgram(lower(await gradientGraph(bindParameters(forward, values), evaluate)), { threads });
  const [bound, free] = [await rebuild(), await openProgram(lower(await gradientGraph(forward, evaluate)), { threads })];
  return {
    x,
    bound: () => bound.run(feeds, batchSize),
    free: () => free.run({ ...feeds, ...parameters }, batchSize),
    rebuild: async () => (await rebuild()).release(),
    release: () => Promise.all([bound.release(), free.release()]),
  };
}

async function stepRow(name: string, model: TfjsModel, batchSize: number, threads: number): Promise<Row> {
  const trainable = trainableOf(model);
  const values = new Map(trainable.parameters.map(({ name: parameter, data }) => [parameter, data]));
  const attacks = await openAttacks(model, trainable, values, batchSize, threads);
  const program = await openTrainingProgram(await graphOf(model, batchSize), { threads });
  const labels = Array.from({ length: batchSize }, (_, row) => row % model.classes);
  const { attack, step, free, rebuild } = await interleaved({
    attack: attacks.bound,
    rebuild: attacks.rebuild,
    free: attacks.free,
    step: () => program.step({ views: [attacks.x], labels }, values),
  }, { rounds: 11, clock: threads === 1 ? processorClock : wallClock });
  await Promise.all([attacks.release(), program.release()]);
  const figures = [attack, rebuild, free, step].map(({ median }) => milliseconds(median));
  return [name, `${batchSize}`, `${threads}`, ...figures, ratio(step.median, attack.median)];
}

const { values: flags, positionals } = parseArgs({ allowPositionals: true, options: { profile: { type: 'string' } } });
const chosen = positionals.length === 0 ? trained : [...trained.filter(([name]) => positionals.some((given) => name.startsWith(given))), ...others()];

function others(): [string, Net][] {
  const rest = positionals.filter((given) => !trained.some(([name]) => name.startsWith(given)));
  return rest.length === 0 ? [] : chosenNets(rest);
}

printMachine();
const rows: Row[] = [];
for (const [name, net] of chosen) {
  const model = await savedNet(net);
  if (flags.profile === undefined) {
    for (const threads of new Set([1, availableParallelism()])) rows.push(await stepRow(name, model, net.batchSize, threads));
  } else {
    const found = await operatorProfile(lower(await graphOf(model, net.batchSize)), 1, 10, flags.profile === 'node' ? 'node' : 'op');
    const total = found.reduce((sum, { time }) => sum + time, 0);
    const lines = found.slice(0, 40).map(({ op, time, calls }) => [op, milliseconds(time), percent(time / total), calls.toFixed(0)]);
    printTable(`training step of ${name}, 1 thread: ${milliseconds(total)} ms a batch`, ['operator', 'ms', 'share', 'calls'], lines);
  }
  model.close();
}
if (rows.length > 0)
  printTable("milliseconds a batch (processor time on 1 thread, else the wall's)", ['net', 'batch', 'threads', "attack's step", 'new weights', 'weights as inputs', 'training step', 'against the attack'], rows);
