import { endianness } from 'node:os';
import { zipSync } from 'fflate';
import type { Zippable } from 'fflate';

/** An array as NumPy has it: row-major. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** Of the same arrays always the same bytes: the least date that a zip file can hold. */
const noDate = new Date(1980, 0, 1);

/** What numpy.savez would write: a zip file, not compressed, with an entry NAME.npy for each array. */
export function npzBytes(arrays: Readonly<Record<string, NumpyArray>>): Uint8Array {
  const entries: Zippable = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npyBytes(array)]));
  return zipSync(entries, { level: 0, mtime: noDate });
}

/**
 * NumPy's format, version 1.0: magic, version, the header's length in 16 bits, the header as a Python dict that ends
 * with a line break on a multiple of 64 bytes, the values. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
function npyBytes({ shape, values }: NumpyArray): Uint8Array {
  const order = endianness() === 'LE' ? '<' : '>';
  const dtype = `${order}${values instanceof Float32Array ? 'f4' : 'i4'}`;
  const axes = shape.map((length) => `${length},`).join(' ');
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((preamble + header.length + 1) / 64) * 64 - preamble;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, length & 0xff, length >> 8]);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([start, Buffer.from(`${header.padEnd(length - 1)}\n`), bytes]);
}

const preamble = 10;
