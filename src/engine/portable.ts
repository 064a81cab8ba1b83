import type { Oracle } from '../core/oracle.ts';
import type { CompiledModel } from './compile.ts';
import { openCompiled } from './compiledOracle.ts';
import { openOriginal, type OriginalModel } from './originalOracle.ts';
import type { SessionOptions } from './session.ts';

/** A model that any thread can open on ONNX Runtime: plain data. */
export type PortableModel = CompiledModel | OriginalModel;

export function openPortable(model: PortableModel, options: SessionOptions): Promise<Oracle> {
  return 'onnx' in model ? openOriginal(model, options) : openCompiled(model, options);
}

/** The fewest rows that are worth a worker of their own. */
export function smallestBatch(model: PortableModel): number {
  return 'onnx' in model ? Math.ceil(model.batchSize / 8) : (model.batchSizes.at(-1) ?? 1);
}

/** What a copy of it takes of memory, at least. */
export function bytesOf(model: PortableModel): number {
  const models = 'onnx' in model ? [model.onnx.bytes] : [...model.forward, ...model.gradient];
  return models.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
