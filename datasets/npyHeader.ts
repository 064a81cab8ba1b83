import { UserError } from '../src/core/errors.ts';
import { npyDtype } from './npyDtype.ts';
import type { NpyDtype } from './npyDtype.ts';

/** What an .npy file says of its array. */
export interface NpyHeader {
  readonly dtype: NpyDtype;
  readonly shape: readonly number[];
  /** The first axis runs fastest, not the last. */
  readonly fortranOrder: boolean;
  /** Where the values begin. */
  readonly start: number;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');

/** Longer ones belong to arrays of records. The format allows 4 GB. */
const longestHeader = 65_535;

/** No more than this has to be read to know all that a header says. */
export const longestNpyHead = 12 + longestHeader;

/** NumPy's format, version 1 to 3: magic, version, length, and a Python dictionary, which is read and never evaluated. */
export function parseNpyHeader(file: string, head: Buffer): NpyHeader {
  checkMagic(file, head);
  const major = head.readUInt8(6);
  if (major < 1 || major > 3) throw new UserError(`${file}: expected version 1 to 3 of the .npy format, found ${major}`);
  const before = major === 1 ? 10 : 12;
  if (head.length < before) throw new UserError(`${file}: truncated: expected a header of at least ${before} bytes, found ${head.length}`);
  const length = major === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > longestHeader) throw new UserError(`${file}: expected a header of at most ${longestHeader} bytes, found one of ${length}`);
  const start = before + length;
  if (head.length < start) throw new UserError(`${file}: truncated: expected a header of ${start} bytes, found ${head.length}`);
  const text = head.toString(major === 3 ? 'utf8' : 'latin1', before, start);
  const fields = fieldsOf(text);
  const [descr, order, shape] = [fields?.get('descr'), fields?.get('fortran_order'), lengths(fields?.get('shape'))];
  if (descr === undefined || (order !== 'True' && order !== 'False') || shape === undefined) {
    throw new UserError(`${file}: expected a header {'descr': …, 'fortran_order': …, 'shape': (…)}, found ${shown(text)}`);
  }
  if (descr.startsWith('[')) throw new UserError(`${file}: expected an array of numbers, found one of records: ${shown(descr)}`);
  return { dtype: npyDtype(file, descr.slice(1, -1)), shape, fortranOrder: order === 'True', start };
}

function checkMagic(file: string, head: Buffer): void {
  if (head.length >= 8 && head.subarray(0, magic.length).equals(magic)) return;
  const first = head.subarray(0, magic.length);
  const zip = first.toString('latin1').startsWith('PK') ? ' (a zip: npz:FILE reads those)' : '';
  const pickle = first[0] === 0x80 ? ' (a pickle, which is never loaded)' : '';
  const found = head.length === 0 ? 'an empty file' : `bytes ${first.toString('hex')}`;
  throw new UserError(`${file}: expected an .npy file (bytes ${magic.toString('hex')}), found ${found}${zip}${pickle}`);
}

/** The dictionary's values as they are written; undefined when it is none of strings, booleans, tuples of numbers and lists. */
function fieldsOf(text: string): Map<string, string> | undefined {
  const [, inside] = /^\s*\{([^]*)\}\s*$/.exec(text) ?? [];
  if (inside === undefined) return undefined;
  const field = /\s*(?:'(\w+)'|"(\w+)")\s*:\s*('[^']*'|"[^"]*"|True|False|\([^()]*\)|\[[^]*\])\s*(?:,|$)/y;
  const fields = new Map<string, string>();
  while (inside.slice(field.lastIndex).trim() !== '') {
    const [, name, quoted, value = ''] = field.exec(inside) ?? [];
    const key = name ?? quoted;
    if (key === undefined) return undefined;
    fields.set(key, value);
  }
  return fields;
}

/** `(3, 28, 28)`; Python 2 wrote 3L. */
function lengths(tuple: string | undefined): number[] | undefined {
  if (tuple === undefined || !/^\((\s*\d+L?\s*,)*(\s*\d+L?)?\s*\)$/.test(tuple)) return undefined;
  return (tuple.match(/\d+/g) ?? []).map(Number);
}

function shown(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
