import * as v from 'valibot';
import { UserError, unknownName } from './errors.ts';
import { parseNumber } from './number.ts';

/**
 * Options of a plugin: a valibot object whose entries carry default and description. These makers read what the
 * command line gives, which is text, as well as what a program gives.
 */
interface Declaration<Default> {
  readonly default: Default;
  /** With its unit, where it has one. */
  readonly description: string;
}

/** A whole number ≥ `least`, and ≤ `most` where there is a most. */
export function wholeNumber({ least = 1, most = Infinity, ...declared }: Declaration<number> & { readonly least?: number; readonly most?: number }) {
  const accept = (value: number) => Number.isSafeInteger(value) && value >= least && value <= most;
  const expected = most === Infinity ? `a whole number ≥ ${least}` : `a whole number from ${least} to ${most}`;
  return described(v.optional(numeric(accept, expected), declared.default), declared);
}

/** A whole number ≥ 1 whose default depends on something else: `default` says how, for people. */
export function wholeNumberOr(declared: Declaration<string>) {
  const accept = (value: number) => Number.isSafeInteger(value) && value >= 1;
  return described(v.optional(numeric(accept, 'a whole number ≥ 1')), declared);
}

/** A number > 0. */
export function positive(declared: Declaration<number>) {
  return described(v.optional(numeric(isPositive, 'a number > 0'), declared.default), declared);
}

/** A number ≥ 0, and < `below` where there is such a bound. */
export function notNegative({ below = Infinity, ...declared }: Declaration<number> & { readonly below?: number }) {
  const expected = below === Infinity ? 'a number ≥ 0' : `a number ≥ 0 and < ${below}`;
  return described(v.optional(numeric((value) => Number.isFinite(value) && value >= 0 && value < below, expected), declared.default), declared);
}

/** A number > 0 whose default depends on other options: `default` says how, for people. */
export function positiveOr(declared: Declaration<string>) {
  return described(v.optional(numeric(isPositive, 'a number > 0')), declared);
}

/** true or false. */
export function flag(declared: Declaration<boolean>) {
  const expected = 'true or false';
  const schema = v.pipe(
    v.union([v.boolean(), v.picklist(['true', 'false'])], expecting(expected)),
    v.transform((value) => value === true || value === 'true'),
  );
  return described(v.optional(schema, declared.default), declared);
}

/** One of a few names. */
export function choice<const Name extends string>(names: readonly Name[], declared: Declaration<NoInfer<Name>>) {
  return described(v.optional(v.picklist(names, expecting(names.join(' or '))), declared.default), declared);
}

/** Checks what a user gave against the schema and fills in the defaults. `subject` leads the message of a failure. */
export function parseOptions<Schema extends v.GenericSchema>(
  subject: string,
  schema: Schema,
  raw: Readonly<Record<string, unknown>>,
): v.InferOutput<Schema> {
  const known = Object.keys(entriesOf(schema));
  const unknown = Object.keys(raw).find((name) => !known.includes(name));
  if (unknown !== undefined && known.length === 0) throw new UserError(`${subject} takes no options, found '${unknown}'`);
  if (unknown !== undefined) throw unknownName(`option of ${subject}`, unknown, known);
  const result = v.safeParse(schema, raw);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UserError(`${subject}: ${[v.getDotPath(issue), issue.message].filter(Boolean).join(': ')}`);
}

/** An option as `breakwater list` and the docs show it. */
export interface OptionDescription {
  readonly name: string;
  readonly default: string;
  readonly description: string;
}

export function describeOptions(schema: v.GenericSchema): OptionDescription[] {
  return Object.entries(entriesOf(schema)).map(([name, entry]) => {
    const { default: stated } = v.getMetadata(entry) as { default?: unknown };
    return { name, default: typeof stated === 'string' ? stated : JSON.stringify(stated ?? null), description: v.getDescription(entry) ?? '' };
  });
}

type Entry = Parameters<typeof v.getMetadata>[0] & Parameters<typeof v.getDefault>[0];

/** The named options of an object schema; a schema that is no object has none. */
function entriesOf(schema: v.GenericSchema): Readonly<Record<string, Entry>> {
  return 'entries' in schema ? (schema.entries as Record<string, Entry>) : {};
}

function numeric(accept: (value: number) => boolean, expected: string) {
  return v.pipe(
    v.union([v.number(), v.string()], expecting(expected)),
    v.check((value) => accept(parseNumber(value)), expecting(expected)),
    v.transform(parseNumber),
  );
}

function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

function described<Schema extends v.GenericSchema>(schema: Schema, { default: stated, description }: Declaration<unknown>) {
  return v.pipe(schema, v.metadata({ default: stated }), v.description(description));
}

function expecting(expected: string) {
  return (issue: { readonly received: string }) => `expected ${expected}, found ${issue.received}`;
}
