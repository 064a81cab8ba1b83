import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cwd } from 'node:process';
import { UserError } from '../../core/errors.ts';
import type { Verdict } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { worstVerdict } from '../../evaluate/worstVerdict.ts';
import { defaultFormats } from '../../report/reporter.ts';
import type { Format } from '../../report/reporter.ts';
import { writeReports } from '../../report/write.ts';
import { baselineBefore, BaselineUpdate } from '../baseline/baselineUpdate.ts';
import type { Updated } from '../baseline/baselineUpdate.ts';
import { checkScenario } from './checkScenario.ts';
import type { ComparableScan } from '../compare/comparableScan.ts';
import type { Config } from './config.ts';
import { readConfig } from './configFile.ts';
import type { LoadedConfig } from './configFile.ts';
import { configOf } from './configSchema.ts';
import { defaultGallery } from '../gallery/defaultGallery.ts';
import { fileNames } from './fileNames.ts';
import type { FinishedScan } from '../records/finishedScan.ts';
import type { ScanRequest } from '../plan.ts';
import { fromHere } from './requestPaths.ts';
import type { ScanEvents } from '../scan.ts';
import { chosen, scenariosOf } from './scenarios.ts';
import type { Changes, PlannedScenario } from './scenarios.ts';

export interface CheckOptions extends Changes, Pick<ScanRequest, 'cache' | 'gallery'> {
  /** A folder for the results, instead of the config's. Of several scenarios each has its own in it. */
  readonly out?: string;
  /** Report files in the folder, over all scenarios. */
  readonly formats?: readonly Format[];
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
  const { out = outOf(loaded), formats, only, updateBaseline = false, cache, gallery, ...changes } = options;
  if (formats && out === undefined) throw new UserError(`formats: expected together with out, the folder they go to, found ${formats.join(',')} and no folder`);
  const written = out === undefined ? [] : (formats ?? defaultFormats);
  const all = scenariosOf(loaded, changes);
  const scenarios = chosen(all, only);
  const folder = out ?? mkdtempSync(join(tmpdir(), 'breakwater-check-'));
  const run: Run = {
    ...{ folders: foldersOf(folder, all, loaded), kept: out !== undefined, events, results: [] },
    asked: { ...(cache !== undefined && { cache }), gallery: gallery ?? defaultGallery(written) },
  };
  try {
    const updated = await (updateBaseline ? update(loaded, scenarios, run) : compareEach(scenarios, run));
    return { schemaVersion: 1, verdict: worstVerdict(run.results.map(({ report }) => report.verdict)), scenarios: run.results, ...(updated && { updated }) };
  } finally {
    // Also where a later scenario could not be run: the earlier ones were.
    // What tells of all scenarios is there whatever else is; of a single one report.json is its own.
    const others = written.filter((format) => format !== 'json');
    if (out !== undefined && run.results.length > 0) await writeReports(out, run.results, loaded.config.scenarios ? ['json', ...others] : others);
    if (out === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function outOf({ config: { out }, folder }: LoadedConfig): string | undefined {
  return out === undefined ? undefined : fromHere(folder, out);
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
  /** Of those that have ended. */
  readonly results: Result[];
}

async function compareEach(scenarios: readonly PlannedScenario[], run: Run): Promise<undefined> {
  const befores = scenarios.map(baselineBefore); // what is missing is missed before anything is run
  for (const [at, scenario] of scenarios.entries()) await checked(scenario, run, befores[at]);
}

async function update({ source }: LoadedConfig, scenarios: readonly PlannedScenario[], run: Run): Promise<readonly Updated[]> {
  const based = scenarios.flatMap((scenario) => (scenario.baseline === undefined ? [] : [{ scenario, file: scenario.baseline }]));
  if (based.length === 0) throw new UserError(`${source}: baseline: expected a file to put results into, found none`);
  const baselines = new BaselineUpdate(based.map(({ file }) => file));
  for (const { scenario, file } of based) baselines.add(file, scenario, await checked(whole(scenario), run, undefined));
  baselines.write();
  return baselines.updated;
}

/** A scan that may not stop, and has its examples in the order of one that may. */
function whole({ request, ...scenario }: PlannedScenario): PlannedScenario {
  if (!request.sequential) return { request, ...scenario };
  return { ...scenario, request: { ...request, sequential: false, shuffle: request.shuffle ?? true } };
}

async function checked(scenario: PlannedScenario, { folders, kept, asked, events, results }: Run, before: ComparableScan | undefined): Promise<FinishedScan> {
  const { result, scan } = await checkScenario(scenario, { out: folders.get(scenario.name) as string, kept, before, asked }, events);
  results.push(result);
  events.scenario?.(result);
  return scan;
}
