import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cwd } from 'node:process';
import { UserError } from '../core/errors.ts';
import type { Verdict } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { worstVerdict } from '../evaluate/worstVerdict.ts';
import { baselineBefore, BaselineUpdate } from './baselineUpdate.ts';
import type { Updated } from './baselineUpdate.ts';
import { checkScenario } from './checkScenario.ts';
import type { ComparableScan } from './comparableScan.ts';
import type { Config } from './config.ts';
import { readConfig } from './configFile.ts';
import type { LoadedConfig } from './configFile.ts';
import { configOf } from './configSchema.ts';
import { fileNames } from './fileNames.ts';
import type { ScanRequest } from './plan.ts';
import { seenFrom } from './requestPaths.ts';
import type { ScanEvents } from './scan.ts';
import { chosen, scenariosOf } from './scenarios.ts';
import type { Changes, PlannedScenario } from './scenarios.ts';

export interface CheckOptions extends Changes, Pick<ScanRequest, 'cache' | 'gallery'> {
  /** A folder for the results, instead of the config's. Of several scenarios each has its own in it. */
  readonly out?: string;
  /** Names of the scenarios to run. Default: all. */
  readonly only?: readonly string[];
  /** Puts the scenarios that name a baseline into it, instead of comparing them with it. Default: false. */
  readonly updateBaseline?: boolean;
}

export interface CheckEvents extends ScanEvents {
  /** A scenario has ended. */
  scenario?(result: Result): void;
}

export interface CheckResult {
  readonly schemaVersion: 1;
  /** The worst of the scenarios'. */
  readonly verdict: Verdict;
  readonly scenarios: readonly Result[];
  /** What was put into baselines, where that was asked for. */
  readonly updated?: readonly Updated[];
}

/** Scans the scenarios of a config, given or in a file, and holds them to their thresholds and baselines. */
export async function check(config: string | Config, options: CheckOptions = {}, events: CheckEvents = {}): Promise<CheckResult> {
  const loaded = typeof config === 'string' ? await readConfig(config) : { config: configOf('config', config), source: 'config', folder: cwd() };
  const { out = outOf(loaded), only, updateBaseline = false, cache, gallery, ...changes } = options;
  const all = scenariosOf(loaded, changes);
  const scenarios = chosen(all, only);
  const asked = { ...(cache !== undefined && { cache }), ...(gallery !== undefined && { gallery }) };
  const folder = out ?? mkdtempSync(join(tmpdir(), 'breakwater-check-'));
  const run = { folders: foldersOf(folder, all, loaded), kept: out !== undefined, asked, events };
  try {
    return await (updateBaseline ? update(loaded, scenarios, run) : compareEach(scenarios, run));
  } finally {
    if (out === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function outOf({ config: { out }, folder }: LoadedConfig): string | undefined {
  return out === undefined ? undefined : seenFrom(cwd(), resolve(folder, out));
}

/** Scenario → its folder, which does not depend on which of them are run. */
function foldersOf(folder: string, all: readonly PlannedScenario[], { config }: LoadedConfig): ReadonlyMap<string, string> {
  const names = fileNames(all.map(({ name }) => name));
  return new Map(all.map(({ name }, at) => [name, config.scenarios ? join(folder, names[at] as string) : folder]));
}

/** How the scenarios are run. */
interface Run {
  readonly folders: ReadonlyMap<string, string>;
  /** They stay. */
  readonly kept: boolean;
  readonly asked: Pick<ScanRequest, 'cache' | 'gallery'>;
  readonly events: CheckEvents;
}

async function compareEach(scenarios: readonly PlannedScenario[], run: Run): Promise<CheckResult> {
  const befores = scenarios.map(baselineBefore); // what is missing is missed before anything is run
  const results: Result[] = [];
  for (const [at, scenario] of scenarios.entries()) results.push((await checked(scenario, run, befores[at])).result);
  return resultOf(results);
}

async function update({ source }: LoadedConfig, scenarios: readonly PlannedScenario[], run: Run): Promise<CheckResult> {
  const based = scenarios.flatMap((scenario) => (scenario.baseline === undefined ? [] : [{ scenario, file: scenario.baseline }]));
  if (based.length === 0) throw new UserError(`${source}: baseline: expected a file to put results into, found none`);
  const baselines = new BaselineUpdate(based.map(({ file }) => file));
  const results: Result[] = [];
  for (const { scenario, file } of based) {
    const { result, scan } = await checked(scenario, run, undefined);
    baselines.add(file, scenario, scan);
    results.push(result);
  }
  baselines.write();
  return { ...resultOf(results), updated: baselines.updated };
}

async function checked(scenario: PlannedScenario, { folders, kept, asked, events }: Run, before: ComparableScan | undefined) {
  const ended = await checkScenario(scenario, { out: folders.get(scenario.name) as string, kept, before, asked }, events);
  events.scenario?.(ended.result);
  return ended;
}

function resultOf(scenarios: readonly Result[]): CheckResult {
  return { schemaVersion: 1, verdict: worstVerdict(scenarios.map(({ report }) => report.verdict)), scenarios };
}
