import { closest, distance } from 'fastest-levenshtein';

/** What the user gave cannot be used. Its message is the whole report: one line naming subject, expected and found. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** A result could not be written: the disk is full, say. What was written before is whole and stays. */
export class CannotWrite extends UserError {
  constructor(path: string, cause: unknown, how = 'the same command') {
    super(`${path}: cannot be written: ${(cause as Error).message}; what is in it is whole, and ${how} goes on from there`, { cause });
  }
}

/** Thrown for a name that is not in a table: says what is known, the nearest first. */
export function unknownName(kind: string, name: string, known: readonly string[]): UserError {
  const sorted = [...known].sort((a, b) => distance(name, a) - distance(name, b));
  const hint = known.length > 0 && distance(name, closest(name, sorted)) <= 3 ? `did you mean ${sorted[0]}? ` : '';
  return new UserError(`unknown ${kind} '${name}': ${hint}known are ${sorted.join(', ')}`);
}
