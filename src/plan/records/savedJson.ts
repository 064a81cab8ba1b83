import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';

/** What one of our JSON files holds, or one line that says what is wrong with it. `what` it should be is said there. */
export function savedJson<Schema extends v.GenericSchema>(path: string, schema: Schema, what: string): v.InferOutput<Schema> {
  if (!existsSync(path)) throw new UserError(`${path}: expected ${what}, found nothing there`);
  return checkedJson(path, parse(path, what), schema, what);
}

/** The same of a part of such a file, `at` a place in it. */
export function checkedJson<Schema extends v.GenericSchema>(path: string, value: unknown, schema: Schema, what: string, at: readonly string[] = []): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return value; // valibot's own has the fields in another order
  const [issue] = parsed.issues;
  const field = [...at, v.getDotPath(issue) ?? []].flat().join('.') || 'it';
  const missing = issue.expected === `"${String(issue.path?.at(-1)?.key)}"`; // valibot expects the key itself
  throw new UserError(`${path}: expected ${what}: ${missing ? `${field} is missing` : `${field} should be ${issue.expected}, found ${issue.received}`}`);
}

function parse(path: string, what: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError(`${path}: expected ${what} as JSON: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
}
