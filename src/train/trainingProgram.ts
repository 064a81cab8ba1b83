import type { Random } from '../core/random.ts';
import { lower } from '../engine/lower.ts';
import { NoiseFeeds, noiseOf } from '../engine/noise.ts';
import { openProgram } from '../engine/program.ts';
import { OnnxRuntimeError, type SessionOptions } from '../engine/session.ts';
import type { Graph, Value } from '../graph/ir.ts';
import { gradientOutput, parametersOf, statisticOutput, type Values } from '../graph/trainable.ts';
import { viewInputs, viewLogits } from '../graph/trainingGraph.ts';

/** What one step is taken on: as many examples as the graph was made for. */
export interface TrainingBatch {
  /** [rows, …inputShape] of each view, in the objective's order. */
  readonly views: readonly Float32Array[];
  /** Class numbers. */
  readonly labels: ArrayLike<number>;
  /** One stream for each row, of a model that draws in training. */
  readonly draws?: readonly Random[];
}

/** What a step has found. Its arrays are valid until the next. */
export interface TrainingStep {
  /** The mean over the rows. */
  readonly loss: number;
  /** [rows, classes] of each view, in training mode. */
  readonly logits: readonly Float32Array[];
  /** Of the trainable parameters. */
  readonly gradients: Values;
  /** What the moving averages have become. */
  readonly statistics: Values;
  /** Of the last view's examples, where the graph was made with it. */
  readonly inputGradient?: Float32Array;
}

/** A training graph, opened. */
export interface TrainingProgram {
  readonly rows: number;
  readonly classes: number;
  /** Parameters are given each time: nothing is kept from step to step. */
  step(batch: TrainingBatch, parameters: Values): Promise<TrainingStep>;
  release(): Promise<void>;
}

/** Opens what trainingGraph has made. */
export async function openTrainingProgram(graph: Graph, options: SessionOptions): Promise<TrainingProgram> {
  const program = await openProgram<string>(lower(graph), options);
  const inputs = new Map(graph.inputs.map((value) => [value.node.name, value]));
  const views = viewInputs.filter((name) => inputs.has(name));
  const [rows, classes] = (inputs.get('y') as Value).shape as readonly [number, number];
  const parameters = parametersOf(graph);
  const noise = new NoiseFeeds(noiseOf(graph));
  const y = new Float32Array(rows * classes);

  return {
    rows,
    classes,
    async step({ views: examples, labels, draws }, values) {
      if (labels.length !== rows || examples.length !== views.length)
        throw new Error(`expected ${rows} rows of ${views.length} views, found ${labels.length} of ${examples.length}`);
      encode(labels, classes, y);
      const feeds: Record<string, Float32Array> = { y, ...noise.of(rows, draws) };
      for (const [i, name] of views.entries()) feeds[name] = examples[i] as Float32Array;
      for (const { name, value } of parameters) feeds[value.node.name] = numbersOf(values, name, value);
      const answer = await program.run(feeds, rows).catch((cause: unknown) => {
        throw new OnnxRuntimeError('on a training step', cause);
      });
      const found = (output: (parameter: string) => string): Values =>
        new Map(parameters.flatMap(({ name }) => (answer[output(name)] ? [[name, answer[output(name)] as Float32Array]] : [])));
      const { loss, inputGradient } = answer;
      return {
        loss: loss?.[0] as number,
        logits: viewLogits.flatMap((name) => answer[name] ?? []),
        gradients: found(gradientOutput),
        statistics: found(statisticOutput),
        ...(inputGradient && { inputGradient }),
      };
    },
    release: () => program.release(),
  };
}

function numbersOf(values: Values, name: string, { shape }: Value): Float32Array {
  const found = values.get(name);
  const size = shape.reduce((product, n) => product * n, 1);
  if (found?.length !== size) throw new Error(`parameter ${name}: expected ${size} numbers, found ${found?.length ?? 'none'}`);
  return found;
}

/** Labels as distributions: 1 at the class. */
function encode(labels: ArrayLike<number>, classes: number, y: Float32Array): void {
  y.fill(0);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes) throw new Error(`row ${row}: expected a class below ${classes}, found ${label}`);
    y[row * classes + label] = 1;
  }
}
