import { UserError } from '../src/core/errors.ts';

/** Where a cell stands: file, line from 1, name of its column. */
export interface CellPlace {
  readonly path: string;
  readonly line: number;
  readonly column: string;
}

export function wrongCell({ path, line, column }: CellPlace, expected: string, text: string, advice = ''): UserError {
  const found = text === '' ? 'no value' : `'${text.length > 60 ? `${text.slice(0, 60)}…` : text}'`;
  return new UserError(`${path}: line ${line}, column '${column}': expected ${expected}, found ${found}${advice}`);
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A decimal number as programs write it; NaN for any other text, such as NA, 0x1f or 1,5. */
export function numberIn(text: string): number {
  return decimal.test(text) ? Number(text) : NaN;
}
