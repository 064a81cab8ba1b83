import { unknownName, UserError } from '../../core/errors.ts';
import { isInNoBall } from '../../evaluate/attempt.ts';
import type { Thresholds } from '../../evaluate/gates/thresholds.ts';
import { parseAttacks } from '../attacks/attackExpression.ts';
import { checkOptions } from '../compare/compareScans.ts';
import type { Config, Scenario } from './config.ts';
import type { LoadedConfig } from './configFile.ts';
import { planOf } from '../plan.ts';
import type { ScanRequest } from '../plan.ts';
import { fromHere, withPaths } from './requestPaths.ts';

/** One scan of a check, checked as far as can be without model and data. */
export interface PlannedScenario {
  /** In the baseline. */
  readonly name: string;
  /** In reports; undefined where it is the only one and has none of its own. */
  readonly title: string | undefined;
  /** What a message about it begins with. */
  readonly subject: string;
  readonly request: ScanRequest;
  /** Its file. */
  readonly baseline: string | undefined;
  readonly maxRegression: number | undefined;
}

/** What a command line asks for instead of what the file says, of every scenario. */
export type Changes = Pick<ScanRequest, 'limit' | 'checks' | 'workers' | 'timeLimit' | 'sequential'> & { readonly model?: string; readonly data?: string };

/** The scenarios of a config, all of them, with each field their own or what they have in common. Paths are as seen from here. */
export function scenariosOf({ config, source, folder }: LoadedConfig, changes: Changes = {}): PlannedScenario[] {
  const { scenarios, name: _name, out: _out, $schema: _schema, ...common } = config;
  const stated = scenarios?.map((own) => ({ ...common, ...own })) ?? [common];
  const names = namesOf(source, config, stated);
  return stated.map((scenario, at) => {
    const name = names[at] as string;
    const subject = scenarios ? `${source}: scenario '${name}'` : source;
    const title = scenarios ? name : config.name;
    return about(subject, () => planned({ name, title, subject }, withPaths(scenario, (path) => fromHere(folder, path)), changes));
  });
}

function namesOf(source: string, { scenarios, name }: Config, stated: readonly Scenario[]): string[] {
  if (!scenarios) return [name ?? 'default'];
  const names = stated.map((scenario) => scenario.name ?? threatOf(scenario));
  const twice = names.findIndex((one, at) => names.indexOf(one) < at);
  if (twice >= 0) throw new UserError(`${source}: scenarios.${twice}.name: expected a name of its own, found '${names[twice]}', which is another's too`);
  return names;
}

/** Not after the model: the next release is another file, and the scenario the same. */
function threatOf({ threat: { norm = 'linf', epsilon } = {} }: Scenario): string {
  return epsilon === undefined ? norm : `${norm} ${String(epsilon)}`;
}

function planned(named: Pick<PlannedScenario, 'name' | 'title' | 'subject'>, scenario: Scenario, changes: Changes): PlannedScenario {
  const { name: _, threat, attacks, baseline, maxRegression, ...scanned } = scenario;
  const request = { ...scanned, ...threat, ...(attacks !== undefined && { attacks: attacksOf(attacks) }), ...changes };
  const { attacks: plannedAttacks, thresholds } = planOf({ ...request, ...(baseline !== undefined && standIn) });
  checkOptions({ ...(maxRegression !== undefined && { maxRegression }) });
  if (baseline !== undefined && plannedAttacks.every(isInNoBall)) throw new UserError('baseline: expected an attack that keeps to the ball, as what is compared is the worst case of those, found none');
  checkAsks(thresholds, scenario);
  return { ...named, request, baseline, maxRegression };
}

/** For a baseline, which is opened later. */
const standIn: Pick<ScanRequest, 'scanBefore'> = { scanBefore: { robust: () => undefined, maxRegression: 0 } };

function attacksOf(attacks: NonNullable<Scenario['attacks']>): NonNullable<ScanRequest['attacks']> {
  return typeof attacks === 'string' ? attacks : attacks.flatMap((one) => (typeof one === 'string' ? parseAttacks(one) : [one]));
}

/** A check that asks for nothing would pass whatever the model does. */
function checkAsks({ robust = {}, ...shares }: Thresholds, { baseline, maxRegression }: Scenario): void {
  if (baseline !== undefined && maxRegression === undefined) throw new UserError('maxRegression: expected the share of the worst case that may be lost since the baseline, 0.02 say, found none');
  if (baseline === undefined && maxRegression !== undefined) throw new UserError('baseline: expected the file to compare with, as maxRegression is about it, found none');
  const asked = [...Object.values(robust), ...Object.values(shares)];
  if (asked.length === 0 && baseline === undefined) throw new UserError('thresholds: expected at least one, such as { worstCase: 0.4 }, or a baseline, found nothing that the check could hold the model to');
}

/** What `work` refuses is said to be about `subject`. */
export function about<Result>(subject: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw told(subject, error);
  }
}

export function told(subject: string, error: unknown): unknown {
  return error instanceof UserError ? new UserError(`${subject}: ${error.message}`, { cause: error }) : error;
}

/** Those of the names given, in the order of the config; all where none is given. */
export function chosen(scenarios: readonly PlannedScenario[], only: readonly string[] | undefined): readonly PlannedScenario[] {
  if (only === undefined) return scenarios;
  const names = scenarios.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownName('scenario', unknown, names);
  if (only.length === 0) throw new UserError('only: expected at least one scenario, found none');
  return scenarios.filter(({ name }) => only.includes(name));
}
