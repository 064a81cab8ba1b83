import { relative } from 'node:path';
import { cwd } from 'node:process';
import { bundledDataset } from '../../../datasets/index.ts';
import { bundledModel } from '../../../models/bundled.ts';
import type { Comparison } from '../../core/comparison.ts';
import { UserError } from '../../core/errors.ts';
import type { SavedModel } from '../../graph/model.ts';
import { compare } from '../compare/compare.ts';
import { scanPartOf, type HardenRequest } from './hardenPlan.ts';
import { planOf, type ScanRequest } from '../plan.ts';
import type { ScanEvents } from '../scan.ts';
import { openSubject } from '../subject.ts';

/** How a hardened model is compared with the one before. */
export interface ComparisonRequest {
  /** Examples that neither train nor choose the epoch. Default: the bundled ones, with the bundled training data. */
  readonly test?: ScanRequest['data'];
  /** How many of them. Default: 500. */
  readonly testLimit?: number;
  /** What both are attacked with. Default: autoattack. */
  readonly attacks?: ScanRequest['attacks'];
  /** At smaller epsilons too, to show how accuracy falls. Default: false. */
  readonly curve?: boolean;
}

type Asked = { readonly [Field in keyof ComparisonRequest]-?: ComparisonRequest[Field] | undefined };

/** How the models before and after are scanned, checked as far as can be without them; undefined where there are no examples for it. */
export function scansOf(training: HardenRequest, request: Asked): ScanRequest | undefined {
  const { test = training.data === undefined ? bundledDataset() : undefined, testLimit = 500, attacks = 'autoattack', curve = false } = request;
  if (test === undefined) {
    const [idle] = Object.entries(request).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (idle !== undefined) throw new UserError(`${idle}: expected examples to compare on, as test, found none`);
    return undefined;
  }
  const { data: _data, limit: _limit, ...same } = scanPartOf(training);
  const scans = { ...same, data: test, limit: testLimit, attacks, curve };
  planOf(scans);
  return scans;
}

/** Refuses examples that the model cannot be tested on, before it is trained. */
export async function checkTest(scans: ScanRequest, model: SavedModel, epsilon: number): Promise<void> {
  await openSubject({ ...planOf(scans), model, epsilons: [epsilon] }, () => undefined);
}

/** Scans the model before, where it was read from, and the one after, and compares them, all in the folder `out`. */
export function compareAfter({ model = relative(cwd(), bundledModel()), ...scans }: ScanRequest & { readonly out: string }, after: string, events: ScanEvents): Promise<Comparison> {
  return compare({ ...scans, before: model, after }, events);
}
