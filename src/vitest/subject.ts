import type { Dataset } from '../core/dataset.ts';
import { UserError } from '../core/errors.ts';
import type { SavedModel } from '../graph/model.ts';
import type { ScanRequest } from '../plan/plan.ts';

/** What `expect` may be given: a path, or what `openModel` gave. */
export type Model = string | SavedModel;

/** How to scan: all that `scan` takes, save what the matcher says itself. */
export interface On extends Omit<ScanRequest, 'model' | 'data' | 'attacks' | 'atLeast' | 'thresholds' | 'confidence' | 'out' | 'saveExamples' | 'gallery' | 'shard' | 'sequential'> {
  /** Examples: `READER:PATH`, or what `openDataset` gave. */
  readonly on: string | Dataset;
  /** Of the interval that is held against the threshold. Default: 0.95. */
  readonly confidence?: number;
}

export function modelOf(received: unknown): Model {
  if (typeof received === 'string') return received;
  if (typeof received === 'object' && received !== null && 'sha256' in received && 'inputShape' in received) return received as SavedModel;
  throw new UserError(`expect: expected a model, its path or what openModel gave (await it), found ${received instanceof Promise ? 'a promise' : typeof received}`);
}
