import type { RobustnessReport } from '../core/report.ts';
import { printable } from './printable.ts';

/** The line for a shell that makes the same scan again: fields of the request are flags of the command line. */
export function scanCommand({ model, attacks, ...fields }: RobustnessReport['request']): string {
  const flags = Object.entries({ attack: attacks, ...fields }).flatMap(([field, value]) => flagOf(field, value));
  return printable(['npx breakwater scan', quoted(String(model)), ...flags].join(' '));
}

function flagOf(field: string, value: unknown): string[] {
  const flag = `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (typeof value === 'boolean') return value ? [flag] : [];
  const text = field === 'range' && Array.isArray(value) ? value.join('..') : String(value);
  return [text.startsWith('-') ? `${flag}=${quoted(text)}` : `${flag} ${quoted(text)}`];
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
