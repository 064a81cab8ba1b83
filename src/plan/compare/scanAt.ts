import { dirname, resolve } from 'node:path';
import { cwd } from 'node:process';
import { UserError } from '../../core/errors.ts';
import { entryIn, isBaseline, readBaseline } from '../baseline/baseline.ts';
import { baselineScan } from '../baseline/baselineScan.ts';
import type { ComparableScan } from './comparableScan.ts';
import { finishedScan, isScanFolder } from '../records/finishedScan.ts';
import type { ScanRequest } from '../plan.ts';
import { seenFrom, withPaths } from '../check/requestPaths.ts';

/** Whether a path names a scan, finished or not, or a baseline. */
export function isScanAt(path: string): boolean {
  return isScanFolder(path) || isBaseline(partsOf(path).file);
}

/** Opens a scan that has ended: its folder, or `FILE#SCENARIO` of a baseline. */
export function scanAt(path: string): ComparableScan {
  return isBaseline(partsOf(path).file) ? baselineAt(path).scan : finishedScan(path);
}

/** Opens `FILE#SCENARIO`, where the scenario may be left out if it is the only one: its scan, and what makes it again. */
export function baselineAt(path: string): { readonly scan: ComparableScan; readonly request: ScanRequest } {
  const { file, scenario } = partsOf(path);
  const baseline = readBaseline(file);
  const name = scenario ?? onlyOf(file, [...baseline.keys()]);
  const entry = entryIn(file, baseline, name);
  return { scan: baselineScan(file, name, entry), request: withPaths(entry.request, (named) => seenFrom(cwd(), resolve(dirname(file), named))) };
}

function onlyOf(file: string, scenarios: readonly string[]): string {
  const [only, ...more] = scenarios;
  if (only !== undefined && more.length === 0) return only;
  throw new UserError(`${file}: expected FILE#SCENARIO, found FILE alone; its scenarios are ${scenarios.join(', ') || 'none'}`);
}

function partsOf(path: string): { readonly file: string; readonly scenario?: string } {
  const [, file, scenario] = /^([^#]*)#(.*)$/s.exec(path) ?? [];
  return file === undefined || scenario === undefined ? { file: path } : { file, scenario };
}
