import * as v from 'valibot';
import { unknownName, UserError } from '../../core/errors.ts';
import { norms } from '../../core/norms.ts';
import type { Thresholds } from '../../evaluate/gates/thresholds.ts';
import type { Config, Scenario } from './config.ts';

/** The config that a file holds, or one line that names what is wrong in it. `source` leads the line. */
export function configOf(source: string, content: unknown): Config {
  const given = stated(content);
  const parsed = v.safeParse(config, given);
  if (parsed.success) return given as Config; // valibot's own lacks names such as constructor, and so what is misspelt that way
  const [issue] = parsed.issues;
  const path = (issue.path ?? []).map(({ key }) => String(key));
  // The message of an unknown field names it.
  const where = issue.type === 'strict_object' && issue.expected === 'never' ? path.slice(0, -1) : path;
  throw new UserError([source, ...(where.length > 0 ? [where.join('.')] : []), issue.message].join(': '));
}

/** Without what is undefined, which states nothing. */
function stated(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(stated);
  if (!isPlain(content)) return content;
  return Object.fromEntries(Object.entries(content).flatMap(([key, value]) => (value === undefined ? [] : [[key, stated(value)]])));
}

/** A promise or a map is an object too, without a single field: all that it should state would be passed over. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // of whichever realm
}

const expecting = (expected: string) => (issue: { readonly input: unknown }) => `expected ${expected}, found ${shown(issue.input)}`;

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return 'a list';
  if (isPlain(value)) return 'an object';
  if (typeof value === 'object' && value !== null) return `an instance of ${value.constructor.name}`;
  return String(value);
}

const text = (what: string) => v.optional(v.pipe(v.string(expecting(what)), v.nonEmpty(expecting(what))));
const number = (what: string) => v.optional(v.number(expecting(what)));
const flag = v.optional(v.boolean(expecting('true or false')));
const list = (entry: v.GenericSchema, what: string) => v.optional(v.union([v.string(), v.array(entry)], expecting(what)));
const oneOf = <const Name extends string>(...known: readonly Name[]) => v.optional(v.picklist(known, expecting(known.join(' or '))));

const plain = (what: string) => v.custom<object>(isPlain, expecting(what));

/** No field beside these. */
function fields<Entries extends v.ObjectEntries>(entries: Entries, what: string) {
  const known = v.strictObject(entries, (issue) => {
    if (issue.expected !== 'never') return expecting(what)(issue);
    return unknownName('field', String(issue.path?.at(-1)?.key), Object.keys(entries)).message;
  });
  return v.pipe(plain(what), known);
}

const share = number('a share from 0 to 1');
const thresholds = {
  ...{ clean: share, worstCase: share, worstClass: share, classGap: share, worstGroup: share, groupGap: share },
  robust: v.optional(v.pipe(plain('a share for each attack, as in { pgd: 0.4 }'), v.record(v.string(), v.number(expecting('a share from 0 to 1'))))),
} satisfies Record<keyof Thresholds, v.GenericSchema>;

const epsilon = v.union([v.number(), v.string()]);
const threat = {
  norm: oneOf(...norms),
  epsilon: v.optional(v.union([epsilon, v.array(epsilon)], expecting("a number, a fraction such as '8/255', or several"))),
  target: v.optional(v.union([v.number(), v.string()], expecting('a class number, random or least-likely'))),
};

const attack = v.union([v.string(), v.looseObject({ name: v.string(), options: v.looseObject({}) })]);
const scenario = {
  name: text('a name'),
  model: text('a path'),
  output: text('the name of an output'),
  inputShape: list(v.number(), 'sizes such as 224,224,3'),
  range: list(v.number(), 'LOW..HIGH such as -1..1'),
  mean: list(v.number(), 'one number per channel'),
  std: list(v.number(), 'one number per channel'),
  data: text('READER:PATH or a path'),
  classes: text('a path'),
  labels: oneOf('given', 'predicted'),
  skipUnreadable: flag,
  label: text('the name of a column'),
  bounds: text('LOW..HIGH such as 0..255'),
  immutable: list(v.string(), 'names of columns'),
  integer: list(v.string(), 'names of columns'),
  groups: text('a path or column:NAME'),
  limit: number('a whole number from 1'),
  offset: number('a whole number from 0'),
  shuffle: flag,
  threat: v.optional(fields(threat, 'an object such as { norm: linf, epsilon: 8/255 }')),
  attacks: list(attack, 'attacks such as fgsm,pgd(steps=40)'),
  curve: flag,
  thresholds: v.optional(fields(thresholds, 'an object such as { worstCase: 0.4 }')),
  baseline: text('a path'),
  maxRegression: number('a share from 0 to below 1'),
  confidence: number('a share from 0.5 to below 1'),
  checks: oneOf('standard', 'full'),
  sequential: flag,
  seed: number('a whole number from 0'),
  straightThrough: flag,
  engine: oneOf('auto', 'onnxruntime', 'tensorflow', 'wasm', 'cpu'),
  workers: number('a whole number from 0'),
  batchSize: number('a whole number from 1'),
  timeLimit: v.optional(v.union([v.number(), v.string()], expecting('a time such as 90s, 10m or 1.5h'))),
} satisfies Record<keyof Scenario, v.GenericSchema>;

const config = fields(
  {
    ...scenario,
    out: text('a path'),
    scenarios: v.optional(v.pipe(v.array(fields(scenario, 'an object'), expecting('a list of objects')), v.minLength(1, 'expected at least one scenario, found none'))),
    $schema: v.optional(v.string()),
  } satisfies Record<keyof Config, v.GenericSchema>,
  'an object',
);
