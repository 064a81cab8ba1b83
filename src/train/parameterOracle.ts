import type { Oracle } from '../core/oracle.ts';
import { compileModel, type CompiledModel } from '../engine/compile.ts';
import { openCompiled } from '../engine/compiledOracle.ts';
import type { SessionOptions } from '../engine/session.ts';
import type { Trial } from '../evaluate/trial.ts';
import { parameterFeeds, type Trainable, type Values } from '../graph/trainable.ts';

/** Compiles a model to be attacked while it learns, in inference mode: its parameters are inputs of the graphs. */
export function compileParameterModel(trainable: Trainable, { shape, classes }: Pick<Trial, 'shape' | 'classes'>, rows: number): Promise<CompiledModel> {
  return compileModel({ inputShape: shape, classes, trace: (batch) => trainable.trace(batch, 'inference') }, { batchSize: rows });
}

/** Reads the parameters anew for every batch: no session has to be made when they change. */
export function openParameterOracle(model: CompiledModel, values: () => Values, options: SessionOptions): Promise<Oracle> {
  return openCompiled(model, options, () => parameterFeeds(values()));
}
