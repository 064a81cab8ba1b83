import { UserError } from '../src/core/errors.ts';
import { firstBytes } from './byteSource.ts';
import type { ByteSource } from './byteSource.ts';
import { pieces } from './byteStream.ts';
import type { NpyDtype } from './npyDtype.ts';
import { longestNpyHead, parseNpyHeader } from './npyHeader.ts';
import type { NpyHeader } from './npyHeader.ts';

/** A checked array in NumPy's format: its header is sound, and the values are all there. */
export interface NpyArray {
  /** How errors call it. */
  readonly name: string;
  readonly dtype: NpyDtype;
  /** Length of the first axis. */
  readonly count: number;
  /** Of one item along the first axis; [] for a list of numbers. */
  readonly shape: readonly number[];
  /** Streams the items' bytes, last axis fastest. Never ends by itself: asked for more than there is, it throws. */
  readonly items: () => AsyncGenerator<Buffer, never>;
}

/** One example has no more values than this. */
const largestItem = 2 ** 26;

/** Fortran order spreads an example over the whole array, which must then be held. */
const mostHeld = 2 ** 30;

export async function openNpyArray(source: ByteSource): Promise<NpyArray> {
  const { name } = source;
  const header = parseNpyHeader(name, await firstBytes(source, longestNpyHead));
  const { dtype, shape: [count, ...shape], start } = header;
  const written = `${dtype.name} [${header.shape.join(', ')}]`;
  if (count === undefined) throw new UserError(`${name}: expected an array, found a single ${dtype.name}`);
  const size = product(shape);
  if (header.shape.includes(0)) throw new UserError(`${name}: expected at least one example, found ${written}`);
  const expected = start + count * size * dtype.bytes;
  if (source.bytes !== expected) {
    const fault = source.bytes < expected ? 'truncated' : 'trailing bytes';
    throw new UserError(`${name}: ${fault}: expected ${expected} bytes for ${written}, found ${source.bytes}`);
  }
  if (size > largestItem) throw new UserError(`${name}: expected at most ${largestItem} values an example, found ${size} (${written})`);
  const spread = header.fortranOrder && count > 1 && size > 1;
  if (spread && source.bytes > mostHeld) {
    throw new UserError(`${name}: expected at most ${mostHeld} bytes in Fortran order, found ${source.bytes}; numpy.ascontiguousarray gives C order, which is streamed`);
  }
  return { name, dtype, count, shape, items: () => (spread ? gathered(source, header) : inTurn(source, header)) };
}

/** C order: one example after the other. */
async function* inTurn({ name, stream }: ByteSource, { dtype, shape: [, ...shape], start }: NpyHeader): AsyncGenerator<Buffer, never> {
  const bytes = product(shape) * dtype.bytes;
  for await (const piece of pieces(stream(), bytes, start)) {
    if (piece.length === bytes) yield piece;
  }
  throw shrunk(name);
}

/** Fortran order: the values of one example lie at the same offsets from its number. */
async function* gathered(source: ByteSource, { dtype, shape, start }: NpyHeader): AsyncGenerator<Buffer, never> {
  const values = (await whole(source)).subarray(start);
  const offsets = fortranOffsets(shape);
  const [count = 0] = shape;
  for (let i = 0; i < count; i++) yield gather(values, i, offsets, dtype.bytes);
  throw shrunk(source.name);
}

/** Where example 0 has its values, in C order: the first axis has stride 1, each next the product of those before. */
function fortranOffsets([count = 1, ...shape]: readonly number[]): Uint32Array {
  const strides = shape.map((_, axis) => count * product(shape.slice(0, axis)));
  return Uint32Array.from({ length: product(shape) }, (_, position) => {
    let [rest, offset] = [position, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      offset += (rest % length) * (strides[axis] as number);
      rest = Math.floor(rest / length);
    }
    return offset;
  });
}

function gather(values: Buffer, i: number, offsets: Uint32Array, width: number): Buffer {
  const item = Buffer.allocUnsafe(offsets.length * width);
  let at = 0;
  for (const offset of offsets) {
    const from = (offset + i) * width;
    for (let byte = 0; byte < width; byte++) item[at++] = values[from + byte] as number;
  }
  return item;
}

async function whole({ name, bytes, stream }: ByteSource): Promise<Buffer> {
  const held = Buffer.allocUnsafe(bytes);
  let at = 0;
  for await (const piece of stream()) at += piece.copy(held, at);
  if (at < bytes) throw shrunk(name);
  return held;
}

function shrunk(name: string): UserError {
  return new UserError(`${name}: shorter than when it was opened`);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((all, length) => all * length, 1);
}
