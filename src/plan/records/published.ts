import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv';
import { UserError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package.ts';

/** The JSON Schemas that the package publishes, by name. */
const titles = { report: 'the report of a scan', comparison: 'a comparison' } as const;

/** Refuses what a file holds, at `path`, unless all of it is as its schema says, so that every reporter can show it. */
export async function checkPublished(what: keyof typeof titles, path: string, values: readonly unknown[]): Promise<void> {
  if (values.length === 0) return;
  const { Ajv } = await import('ajv'); // most of what imports this does without
  const schema = JSON.parse(readFileSync(join(packageRoot, 'docs', `${what}.schema.json`), 'utf8')) as object;
  const matches = new Ajv({ strict: false }).compile(schema);
  const [error] = values.flatMap((value) => (matches(value) ? [] : (matches.errors ?? [])));
  if (error) throw new UserError(`${path}: expected ${titles[what]} by this version: ${complaint(error)}`);
}

/** 'attacks.0.name should be string' */
function complaint({ instancePath, message = '', params }: ErrorObject): string {
  const { missingProperty, additionalProperty } = params as { missingProperty?: string; additionalProperty?: string };
  const field = (...more: string[]) => [...instancePath.split('/').slice(1), ...more].join('.') || 'it';
  if (missingProperty !== undefined) return `${field(missingProperty)} is missing`;
  if (additionalProperty !== undefined) return `${field(additionalProperty)} is not known`;
  return `${field()} ${message.replace(/^must/, 'should')}`;
}
