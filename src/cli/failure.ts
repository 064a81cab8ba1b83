import { inspect } from 'node:util';
import { unknownName, UserError } from '../core/errors.ts';
import { printable } from '../report/printable.ts';
import { checkFlags } from './checkFlags.ts';
import { compareFlags } from './compareFlags.ts';
import { hardenFlags } from './hardenFlags.ts';
import { mergeFlags } from './merge.ts';
import { reportFlags } from './report.ts';
import { scanFlags } from './scanFlags.ts';
import { trendFlags } from './trend.ts';

/** What stderr says when a command failed: one line where the user can help it, stack and cause where we must. */
export function explain(error: unknown): string {
  if (error instanceof UserError) return `breakwater: ${shortened(printable(error.message))}\n`;
  return `breakwater: internal error, please report it\n${inspect(error)}\n`;
}

const longest = 1000;

/** What a line quotes from a file may be of any length; its ends say where it is from and what is wrong. */
function shortened(line: string): string {
  return line.length > longest ? `${line.slice(0, longest / 2)} … ${line.slice(-longest / 2)}` : line;
}

const common = ['help', 'version'];
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  scan: ['model', ...Object.keys(scanFlags), ...common],
  merge: ['shards', ...Object.keys(mergeFlags), ...common],
  check: ['model', ...Object.keys(checkFlags), ...common],
  init: ['json', ...common],
  compare: [...Object.keys(compareFlags), ...common],
  harden: ['model', ...Object.keys(hardenFlags), ...common],
  report: ['folder', ...Object.keys(reportFlags), ...common],
  trend: ['scans', ...Object.keys(trendFlags), ...common],
  list: common,
};

/** yargs' complaint about the command line, with the nearest known name where one is unknown. */
export function misuse(complaint: string, words: readonly string[]): UserError {
  const [, name] = /^Unknown arguments?: ([^\s,]+)/.exec(complaint) ?? [];
  if (name === undefined) return new UserError(complaint);
  const command = words.find((word) => !word.startsWith('-')) ?? '';
  const flags = flagsOf[command];
  if (!flags) return unknownName('command', command, Object.keys(flagsOf));
  const flag = words.find((word) => word.startsWith('-') && word.replace(/^-+/, '').startsWith(name));
  if (flag === undefined) return new UserError(`${command}: one argument too many: '${name}'`);
  return unknownName('flag', flag.replace(/=.*$/s, ''), flags.map((known) => `--${known}`));
}
