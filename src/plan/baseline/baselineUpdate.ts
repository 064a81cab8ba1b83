import { existsSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import type { RobustnessReport } from '../../core/report.ts';
import { entryIn, readBaseline, writeBaseline } from './baseline.ts';
import type { BaselineEntry } from './baseline.ts';
import { baselineEntry } from './baselineEntry.ts';
import { baselineScan } from './baselineScan.ts';
import type { ComparableScan } from '../compare/comparableScan.ts';
import type { FinishedScan } from '../records/finishedScan.ts';
import { about } from '../check/scenarios.ts';
import type { PlannedScenario } from '../check/scenarios.ts';

/** The scan to compare a scenario with; undefined where it names none. */
export function baselineBefore({ name, subject, baseline: file }: PlannedScenario): ComparableScan | undefined {
  if (file === undefined) return undefined;
  return about(subject, () => {
    if (!existsSync(file)) throw new UserError(`baseline: expected ${file}, found nothing there; breakwater check --update-baseline writes it`);
    return baselineScan(file, name, entryIn(file, readBaseline(file), name));
  });
}

/** A scenario that was put into a baseline. */
export interface Updated {
  readonly file: string;
  readonly scenario: string;
  /** Titles: why its figure may be too high. */
  readonly failedChecks: readonly string[];
}

/** Collects scenarios, and writes them into their files once all are there; what else is in the files stays. */
export class BaselineUpdate {
  readonly updated: Updated[] = [];
  private readonly files: ReadonlyMap<string, Map<string, BaselineEntry>>;

  /** Files that cannot be read are refused before anything is scanned. */
  constructor(files: readonly string[]) {
    this.files = new Map(files.map((file) => [file, new Map(existsSync(file) ? readBaseline(file) : [])]));
  }

  add(file: string, { name, subject }: PlannedScenario, scan: FinishedScan): void {
    checkErrors(subject, scan.report);
    this.files.get(file)?.set(name, baselineEntry(file, scan));
    const failedChecks = scan.report.checks.filter(({ status }) => status === 'fail').map(({ title }) => title);
    this.updated.push({ file, scenario: name, failedChecks });
  }

  write(): void {
    for (const [file, baseline] of this.files) writeBaseline(file, baseline);
  }
}

/** Samples on which an attack failed count as broken: a baseline of them would let as many be lost. */
function checkErrors(subject: string, { checks }: RobustnessReport): void {
  const errors = checks.find(({ id, status }) => id === 'attack-errors' && status === 'fail');
  if (errors) throw new UserError(`${subject}: cannot be a baseline, with which nothing could be compared: ${errors.title}: ${errors.value}. ${errors.advice}`);
}
