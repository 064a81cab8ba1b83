import { UserError } from '../core/errors.ts';
import { randomOf } from '../core/random.ts';
import type { OnnxModel } from '../graph/model.ts';
import type { EngineRequest, OpenedEngine } from './choose.ts';
import { coupled } from './compiledEngine.ts';
import { predictEvery } from './everyRow.ts';
import { openOriginal, originalModel } from './originalOracle.ts';
import { relativeError } from './relativeError.ts';
import { probeRows } from './rows.ts';
import { runtimeVersion } from './session.ts';
import { chooseThreading } from './threads.ts';
import { probePoints } from './verify.ts';

/** ONNX Runtime on the original file as the engine: predictions only, for attacks that ask for no gradient. */
export async function openOriginalEngine(model: OnnxModel, request: EngineRequest, why: string): Promise<OpenedEngine> {
  const { probe, bounds, note, workers: wanted } = request;
  const portable = originalModel(model, request.batchSize ?? model.onnx.input.rows);
  const oracle = await openOriginal(portable, { threads: 1 });
  try {
    const { points, count } = probePoints(probe, oracle.size, bounds, randomOf(0, 'verification').split('points'));
    const [once, again] = [await predictEvery(oracle, points, count), await predictEvery(oracle, points, count)];
    if (!once.every(Number.isFinite)) throw new UserError(`${model.path}: the model gives scores that are not finite for examples within bounds`);
    if (relativeError(once, again) > chance)
      throw new UserError(`${model.path}: it gives other scores for the same examples: does the model draw random numbers?`);
    const rows = await probeRows(oracle, points, count);
    if (rows === 'coupled' && oracle.batchSize > 1) {
      note(`${model.path}: ${coupled}`);
      await oracle.close();
      const alone = await openOriginalEngine(model, { ...request, batchSize: 1 }, why);
      return { ...alone, info: { ...alone.info, rows } };
    }
    const { workers, threads } = await chooseThreading(portable, oracle, points, wanted);
    const reason = `the original file, without gradients: ${why}`;
    const info = { name: 'onnxruntime', version: await runtimeVersion(), threads, workers, rows, reason } as const;
    if (threads === 1) return { info, oracle, portable, close: () => oracle.close() };
    await oracle.close();
    const threaded = await openOriginal(portable, { threads });
    return { info, oracle: threaded, portable, close: () => threaded.close() };
  } catch (error) {
    await oracle.close();
    throw error;
  }
}

/** A difference between two answers to the same question that is no rounding, over the largest score. */
const chance = 1e-4;
