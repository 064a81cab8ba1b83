import { UserError } from '../core/errors.ts';

/** Arrays that a file of this format can hold. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;
export type Arrays = Readonly<Record<string, NumberArray>>;

/** What a file holds: arrays, here all of one axis, and text beside them. */
export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly arrays: Arrays;
}

const dtypes = { F32: Float32Array, F64: Float64Array, I32: Int32Array, U32: Uint32Array, U8: Uint8Array };

/** One array in the header. Offsets count from the header's end. */
interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

/** Bytes before the header: its length. */
const preamble = 8;

/**
 * Writes arrays in the format of https://github.com/huggingface/safetensors: the header's length in 64 bits, the header
 * in JSON, padded with spaces to a multiple of 8, and the values, little-endian.
 */
export function safetensorsBytes({ metadata, arrays }: Safetensors): Buffer {
  let end = 0;
  const entries = Object.entries(arrays).map(([name, array]): [string, Entry] => [
    name,
    { dtype: dtypeOf(array), shape: [array.length], data_offsets: [end, (end += array.byteLength)] },
  ]);
  const text = Buffer.from(JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...entries])));
  const length = Math.ceil(text.length / 8) * 8;
  const head = Buffer.alloc(preamble + length, ' ');
  head.writeBigUInt64LE(BigInt(length));
  text.copy(head, preamble);
  return Buffer.concat([head, ...Object.values(arrays).map(bytesOf)]);
}

/** Reads such a file. `file` is its name for the UserError that a foreign or torn one gets. */
export function parseSafetensors(file: string, bytes: Buffer): Safetensors {
  const { start, header } = headerOf(file, bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((text) => typeof text === 'string')) throw malformed(file, '__metadata__');
  const data = bytes.subarray(start);
  const arrays = Object.entries(entries).map(([name, entry]) => [name, arrayOf(file, name, entry, data)] as const);
  const used = arrays.reduce((sum, [, array]) => sum + array.byteLength, 0);
  if (used !== data.length) throw new UserError(`${file}: expected ${used} bytes of values, found ${data.length} bytes`);
  return { metadata: metadata as Record<string, string>, arrays: Object.fromEntries(arrays) };
}

function headerOf(file: string, bytes: Buffer): { start: number; header: Record<string, unknown> } {
  const length = bytes.length < preamble ? NaN : Number(bytes.readBigUInt64LE());
  const start = preamble + length;
  if (!(start <= bytes.length)) throw new UserError(`${file}: expected a file in the safetensors format, found another, or a truncated one`);
  const header = parsed(bytes.toString('utf8', preamble, start));
  if (!isRecord(header)) throw new UserError(`${file}: expected a file in the safetensors format, found another`);
  return { start, header };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function arrayOf(file: string, name: string, entry: unknown, data: Buffer): NumberArray {
  if (!isEntry(entry)) throw malformed(file, name);
  const { dtype, shape, data_offsets: [begin, end] } = entry;
  if (!Object.hasOwn(dtypes, dtype)) throw new UserError(`${file}: ${shown(name)}: expected a dtype among ${Object.keys(dtypes).join(', ')}, found ${shown(dtype)}`);
  const ArrayType = dtypes[dtype as keyof typeof dtypes];
  const count = shape.reduce((product, length) => product * length, 1);
  if (end > data.length) throw new UserError(`${file}: truncated: ${shown(name)} ends at byte ${end} of the values, of which there are ${data.length}`);
  if (end - begin !== count * ArrayType.BYTES_PER_ELEMENT) throw malformed(file, name);
  return new ArrayType(Uint8Array.from(data.subarray(begin, end)).buffer);
}

function isEntry(entry: unknown): entry is Entry {
  if (!isRecord(entry)) return false;
  const { dtype, shape, data_offsets: offsets } = entry;
  return typeof dtype === 'string' && areSizes(shape) && areSizes(offsets) && offsets.length === 2;
}

function areSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(file: string, name: string): UserError {
  return new UserError(`${file}: the header's entry for ${shown(name)} is malformed`);
}

function dtypeOf(array: NumberArray): string {
  const [name] = Object.entries(dtypes).find(([, ArrayType]) => array instanceof ArrayType) ?? [];
  if (name === undefined) throw new Error('an array of a type that safetensors lacks');
  return name;
}

function bytesOf(array: NumberArray): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** Text out of a file, for a message of one line. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
