import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import type { RobustnessReport } from '../core/report.ts';
import { Outcomes } from '../evaluate/outcomes.ts';
import type { Samples } from '../evaluate/outcomes.ts';
import { recordsIn } from '../evaluate/records.ts';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { Identity } from './identity.ts';
import { attackOf } from './plannedAttacks.ts';

/** What a scan left in its folder, without the records. */
export interface FinishedScan {
  readonly folder: string;
  readonly report: RobustnessReport;
  /** What the records depend on. */
  readonly identity: Identity;
  readonly attacks: readonly PlannedAttack[];
}

/** Says whether a path is the folder of a scan, finished or not. */
export function isScanFolder(path: string): boolean {
  return ['report.json', 'scan.json', 'samples.jsonl'].some((name) => existsSync(join(path, name)));
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The part of report.json that is read here. */
const reportSchema = v.looseObject({
  schemaVersion: v.literal(1),
  tool: v.looseObject({ version: v.string() }),
  measure: v.picklist(['accuracy', 'stability']),
  model: v.looseObject({ path: v.string(), sha256: v.string() }),
  dataset: v.looseObject({ spec: v.string(), sha256: v.string(), examples: count }),
  threat: v.looseObject({ norm: v.string(), epsilon: v.number() }),
  engine: v.looseObject({ name: v.string(), version: v.string() }),
  seed: v.number(),
  seconds: v.number(),
  clean: v.looseObject({ correct: count }),
  attacks: v.array(v.looseObject({ gradientQueries: count, forwardQueries: count })),
  worstCase: v.looseObject({ robustAccuracy: v.number() }),
  checks: v.array(v.looseObject({ id: v.string(), title: v.string(), status: v.string() })),
  curve: v.optional(v.array(v.looseObject({ epsilon: v.number() }))),
});

/** The part of scan.json that is read here. */
const begunSchema = v.looseObject({
  identity: v.looseObject({
    norm: v.string(),
    epsilon: v.number(),
    attacks: v.array(v.looseObject({ name: v.string(), label: v.string(), options: v.looseObject({}) })),
  }),
});

/** Opens the folder of a scan that has ended. */
export function finishedScan(folder: string): FinishedScan {
  const path = join(folder, 'report.json');
  if (!existsSync(path)) throw new UserError(`${folder}: ${absence(folder)}`);
  const report = read(path, reportSchema, 'the report of a scan') as RobustnessReport;
  const begun = read(join(folder, 'scan.json'), begunSchema, 'what a scan began with') as { readonly identity: Identity };
  return { folder, report, identity: begun.identity, attacks: begun.identity.attacks.map(attackOf) };
}

function absence(folder: string): string {
  if (!existsSync(folder)) return 'expected the folder of a scan, found nothing there';
  if (!statSync(folder).isDirectory()) return 'expected the folder of a scan, found a file';
  return isScanFolder(folder) ? 'the scan in it has not ended: run it again to its end' : 'expected the folder of a scan, found no report.json in it';
}

function read(path: string, schema: v.GenericSchema, what: string): unknown {
  if (!existsSync(path)) throw new UserError(`${path}: expected ${what}, found nothing there`);
  const parsed = v.safeParse(schema, parse(path, what));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new UserError(`${path}: expected ${what}: ${v.getDotPath(issue) ?? 'it'} should be ${issue.expected}, found ${issue.received}`);
}

function parse(path: string, what: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError(`${path}: expected ${what} as JSON: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
}

/** The outcome of every sample, streamed from samples.jsonl; the samples are those that the report counts, all of them. */
export function outcomesOf({ folder, report, identity, attacks }: FinishedScan, samples: Samples): Outcomes {
  const path = join(folder, 'samples.jsonl');
  if (!existsSync(path)) throw new UserError(`${path}: expected the records of a scan, found nothing there`);
  const outcomes = new Outcomes(path, attacks, identity, samples);
  for (const record of recordsIn(path)) outcomes.add(record);
  const found = samples.ids.length;
  if (found !== report.dataset.examples) {
    throw new UserError(`${path}: holds ${found} examples, and report.json beside it counts ${report.dataset.examples}: scan into a folder of its own`);
  }
  if (outcomes.missing() > 0) throw new UserError(`${path}: lacks an attack's record of ${outcomes.missing()} of ${found} examples`);
  checkSums(path, report, outcomes, samples);
  return outcomes;
}

/** Records and report tell the same, or one of them is not this scan's. */
function checkSums(path: string, { clean, worstCase, dataset }: RobustnessReport, outcomes: Outcomes, samples: Samples): void {
  const sum = (right: (place: number) => boolean) => samples.ids.filter((_, place) => right(place)).length;
  const found = [sum(outcomes.rightWithoutAttack()), sum(outcomes.rightUnderAll())];
  const told = [clean.correct, Math.round(worstCase.robustAccuracy * dataset.examples)];
  if (String(found) === String(told)) return;
  throw new UserError(`${path}: does not add up to report.json beside it: ${found.join(' and ')} right without and under attack there, ${told.join(' and ')} here`);
}
