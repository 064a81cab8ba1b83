import * as tf from '@tensorflow/tfjs';
import { fromLayersModel } from '../../models/index.ts';
import { planAttacks } from '../../src/plan/attacks/plannedAttacks.ts';
import { trainingSettings, type TrainingRequest } from '../../src/plan/harden/trainingSettings.ts';
import { randomOf } from '../../src/core/random.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Example } from '../../src/evaluate/example.ts';
import { innerOf } from '../../src/plan/harden/hardenPlan.ts';
import type { Task } from '../../src/train/task.ts';
import { compileParameterModel, openParameterOracle } from '../../src/train/parameterOracle.ts';
import { smallCnn } from '../support/nets.ts';
import { trainableOf, valuesOf } from '../support/trainingStep.ts';

/** Noise, brighter by 0.5 in one quarter of 8×8 pixels: the class. Under 0.1 in Linf the quarters still differ. */
export function quadrants(count: number, seed: number): Example[] {
  return Array.from({ length: count }, (_, id) => {
    const random = randomOf(seed, 'quadrants', id);
    const y = id % 4;
    const lit = (i: number) => Math.floor(i / 32) === Math.floor(y / 2) && Math.floor((i % 8) / 4) === y % 2;
    return { id, y, x: Float32Array.from({ length: 64 }, (_, i) => 0.4 * random.uniform() + (lit(i) ? 0.5 : 0)) };
  });
}

/** A small net to be trained on them, from random weights. */
export async function quadrantTask(request: TrainingRequest, given: Partial<Task> = {}): Promise<Task> {
  const model = await fromLayersModel(smallCnn(tf));
  const settings = trainingSettings({ epochs: 3, batchSize: 16, learningRate: 0.01, ...request });
  const [validating, watch] = planAttacks('pgd(steps=10),pgd(steps=5,stopWhenFooled=false)', 'linf');
  return {
    trainable: trainableOf(model),
    training: quadrants(160, 1),
    validation: quadrants(64, 2),
    trial: {
      ...{ attacks: [validating!], norm: 'linf', epsilon: 0.1, bounds: unitBounds, target: undefined, seed: 0 },
      ...{ shape: [8, 8, 1], classes: 4, labels: 'given', eightBit: false },
    },
    settings,
    inner: innerOf(settings, 'linf'),
    watch: watch!,
    threads: 1,
    ...given,
  };
}

/** The net before the first step. */
export async function parameterOracleOf({ trainable, trial }: Task, rows: number): Promise<Oracle> {
  return openParameterOracle(await compileParameterModel(trainable, trial, rows), () => valuesOf(trainable), { threads: 1 });
}
