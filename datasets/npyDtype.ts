import { endianness } from 'node:os';
import { UserError } from '../src/core/errors.ts';

/** NumPy's number types, as far as they are numbers here. */
export interface NpyDtype {
  /** NumPy's name: float32. */
  readonly name: string;
  /** Of one value. */
  readonly bytes: number;
  readonly kind: 'float' | 'integer' | 'bool';
  /** The values, in this machine's order of bytes. */
  readonly decode: (bytes: Buffer) => ArrayLike<number>;
}

type Values = ArrayLike<number>;

/** By NumPy's code without its order of bytes: kind and size. */
const dtypes: Readonly<Record<string, Omit<NpyDtype, 'decode'> & { readonly values: (buffer: ArrayBuffer) => Values }>> = {
  f2: { name: 'float16', bytes: 2, kind: 'float', values: (buffer) => Float32Array.from(new Uint16Array(buffer), float16) },
  f4: { name: 'float32', bytes: 4, kind: 'float', values: (buffer) => new Float32Array(buffer) },
  f8: { name: 'float64', bytes: 8, kind: 'float', values: (buffer) => new Float64Array(buffer) },
  i1: { name: 'int8', bytes: 1, kind: 'integer', values: (buffer) => new Int8Array(buffer) },
  i2: { name: 'int16', bytes: 2, kind: 'integer', values: (buffer) => new Int16Array(buffer) },
  i4: { name: 'int32', bytes: 4, kind: 'integer', values: (buffer) => new Int32Array(buffer) },
  i8: { name: 'int64', bytes: 8, kind: 'integer', values: (buffer) => rounded(new BigInt64Array(buffer)) },
  u1: { name: 'uint8', bytes: 1, kind: 'integer', values: (buffer) => new Uint8Array(buffer) },
  u2: { name: 'uint16', bytes: 2, kind: 'integer', values: (buffer) => new Uint16Array(buffer) },
  u4: { name: 'uint32', bytes: 4, kind: 'integer', values: (buffer) => new Uint32Array(buffer) },
  u8: { name: 'uint64', bytes: 8, kind: 'integer', values: (buffer) => rounded(new BigUint64Array(buffer)) },
  b1: { name: 'bool', bytes: 1, kind: 'bool', values: (buffer) => new Uint8Array(buffer) },
};

/** The type that a header's `descr` names, such as `<f4`: order of bytes, kind, size. */
export function npyDtype(file: string, descr: string): NpyDtype {
  const [, order = '', code = ''] = /^([<>|=]?)(\w+)$/.exec(descr) ?? [];
  const known = Object.hasOwn(dtypes, code) ? dtypes[code] : undefined;
  if (!known) throw unknownDtype(file, descr, code);
  const { values, ...about } = known;
  const swapped = (order === '<' || order === '>') && order !== (endianness() === 'LE' ? '<' : '>');
  const inOrder = swapped ? swaps[about.bytes] : undefined;
  return {
    ...about,
    decode: (bytes) => {
      // A copy: typed arrays must lie on a multiple of their values' size, and `bytes` may lie anywhere.
      const buffer = new Uint8Array(bytes).buffer;
      inOrder?.(Buffer.from(buffer));
      return values(buffer);
    },
  };
}

const swaps: Readonly<Record<number, (bytes: Buffer) => unknown>> = {
  2: (bytes) => bytes.swap16(),
  4: (bytes) => bytes.swap32(),
  8: (bytes) => bytes.swap64(),
};

function unknownDtype(file: string, descr: string, code: string): UserError {
  const known = Object.values(dtypes).map(({ name }) => name).join(', ');
  if (code.startsWith('O')) return new UserError(`${file}: expected numbers, found Python objects: a pickle, which is never loaded`);
  return new UserError(`${file}: expected numbers (${known}), found dtype '${descr}'`);
}

/** Past 2^53 the nearest number there is. */
function rounded(values: BigInt64Array | BigUint64Array): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = Number(values[i]);
  return numbers;
}

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */
function float16(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
