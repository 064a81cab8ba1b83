import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { unknownName, UserError } from '../../core/errors.ts';
import { makeFolder } from '../../core/makeFolder.ts';
import { replaceFile } from '../../core/replaceFile.ts';
import { asJson } from '../../report/json.ts';
import { comparableIdentity, comparableReport } from '../compare/comparableScan.ts';
import type { ComparableIdentity, ComparableReport } from '../compare/comparableScan.ts';
import { checkedJson, savedJson } from '../records/savedJson.ts';

/** What a baseline keeps of one scan: plain data, the same whenever the scan is. */
export interface BaselineEntry {
  /** What was asked of `scan`; paths in it are relative to the file. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly identity: ComparableIdentity;
  readonly report: ComparableReport;
  /** By id, ascending; each list as packed.ts packs it. */
  readonly samples: {
    readonly count: number;
    /** Each as what is to be added to the one before. */
    readonly ids: string;
    readonly labels: string;
    /** What tells each example from any other. */
    readonly examples: string;
  };
  /** Whether each sample was got right. */
  readonly right: {
    readonly clean: string;
    /** For each attack of the identity: at each of its epsilons, ascending. */
    readonly attacks: readonly (readonly string[])[];
  };
}

/** Scenario → what is kept of it. */
export type Baseline = ReadonlyMap<string, BaselineEntry>;

const mark = 'breakwater baseline';

const schema = v.looseObject({ kind: v.literal(mark), schemaVersion: v.literal(1), scenarios: v.looseObject({}) });

/** Of each scenario by itself: valibot's record looks at none of the name `constructor`, say. */
const entrySchema = v.looseObject({
  request: v.record(v.string(), v.unknown()),
  identity: comparableIdentity,
  report: comparableReport,
  samples: v.object({ count: v.pipe(v.number(), v.integer(), v.minValue(1)), ids: v.string(), labels: v.string(), examples: v.string() }),
  right: v.object({ clean: v.string(), attacks: v.array(v.array(v.string())) }),
});

const what = 'a baseline of breakwater check';

export function readBaseline(path: string): Baseline {
  const { scenarios } = savedJson(path, schema, what);
  return new Map(Object.entries(scenarios).map(([name, entry]) => [name, checkedJson(path, entry, entrySchema, what, ['scenarios', name]) as unknown as BaselineEntry]));
}

/** The entry of a scenario, or one line that says how to make one. */
export function entryIn(path: string, baseline: Baseline, scenario: string): BaselineEntry {
  const entry = baseline.get(scenario);
  if (entry) return entry;
  throw new UserError(`${path}: ${unknownName('scenario', scenario, [...baseline.keys()]).message}; breakwater check --update-baseline adds it`);
}

/** Writes the file whole or not at all, scenarios by name. */
export function writeBaseline(path: string, baseline: Baseline): void {
  const scenarios = Object.fromEntries([...baseline].sort(([one], [other]) => (one < other ? -1 : 1)));
  try {
    makeFolder(dirname(path));
    replaceFile(path, asJson({ kind: mark, schemaVersion: 1, scenarios }), { flush: true });
  } catch (cause) {
    throw new UserError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** Whether a file says of itself that it is one, be it damaged further on. */
export function isBaseline(path: string): boolean {
  if (!existsSync(path) || !statSync(path).isFile()) return false;
  return new RegExp(`^\\s*\\{\\s*"kind": *"${mark}"`).test(readFileSync(path, 'utf8').slice(0, 200));
}
