import { readFileSync } from 'node:fs';
import { UserError } from '../src/core/errors.ts';
import { fileError } from './fileError.ts';

/** A file of class names, one per line, in the order of the class numbers. */
export function readClassNames(path: string): string[] {
  const names = read(path).split('\n').map((line) => line.trim()).filter((line) => line !== '');
  if (names.length === 0) throw new UserError(`${path}: expected class names, one per line, found none`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new UserError(`${path}: expected each class once, found '${name}' again`);
    seen.add(name);
  }
  return names;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw fileError(path, error);
  }
}
