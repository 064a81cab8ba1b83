import type { Oracle } from '../core/oracle.ts';
import type { SavedModel } from '../graph/model.ts';
import { floatTwin } from '../graph/passes/floatTwin.ts';
import { compileModel, type CompiledModel } from './compile.ts';
import { openCompiled } from './compiledOracle.ts';

/** What the straight-through gradient of a model stands for: the same model without rounding, on batches of its own; undefined where nothing is estimated. */
export async function floatPathOf(model: SavedModel, { path, batchSizes }: CompiledModel, straightThrough: boolean): Promise<Oracle | undefined> {
  if (path.estimated.length === 0) return undefined;
  const trace: SavedModel['trace'] = async (batch) => floatTwin(await model.trace(batch), { staircases: straightThrough });
  const compiled = await compileModel({ ...model, trace }, { batchSize: batchSizes.at(-1) as number });
  return openCompiled(compiled, { threads: 1 });
}
