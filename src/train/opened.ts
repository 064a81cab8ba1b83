import type { Oracle } from '../core/oracle.ts';
import type { CompiledModel } from '../engine/compile.ts';
import { evaluate } from '../engine/evaluate.ts';
import type { Values } from '../graph/trainable.ts';
import { trainingGraph, type Objective } from '../graph/trainingGraph.ts';
import { compileParameterModel, openParameterOracle } from './parameterOracle.ts';
import type { Task } from './task.ts';
import { craftersOf } from './threadedAdversary.ts';
import { openTrainingProgram, type TrainingProgram } from './trainingProgram.ts';

/** The graphs of a training task, opened. */
export interface Opened {
  readonly objective: Objective;
  readonly program: TrainingProgram;
  /** The model in inference mode, its parameters being inputs, at batches that are one thread's share. */
  readonly model: CompiledModel;
  /** That model at whatever weights `at` holds. */
  readonly oracle: Oracle;
  /** Changes in place. */
  readonly at: { weights: Values };
  close(): Promise<void>;
}

/** Opens one graph to train and one to attack. */
export async function openTask({ trainable, trial, settings, threads }: Task): Promise<Opened> {
  const { method: { plugin, options }, labelSmoothing, batchSize: rows } = settings;
  const objective = plugin.objective(options, { labelSmoothing });
  const inputGradient = 'replays' in plugin.adversary(options);
  const graph = await trainingGraph(await trainable.trace(rows, 'training'), objective, evaluate, { inputGradient });
  const program = await openTrainingProgram(graph, { threads });
  const at: Opened['at'] = { weights: new Map() };
  const model = await compileParameterModel(trainable, trial, Math.ceil(rows / craftersOf(threads, rows)));
  const oracle = await openParameterOracle(model, () => at.weights, { threads });
  return { objective, program, model, oracle, at, close: async () => void (await Promise.all([program.release(), oracle.close()])) };
}
