import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import type { Random } from '../../src/core/random.ts';

/** Damages a file. The same stream of random numbers gives the same damage. */
export type Mutation = (bytes: Buffer, random: Random) => Buffer;

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}

/** A number in a header: where, how many bytes, which end first. */
interface Field {
  readonly at: number;
  readonly bytes: 1 | 2 | 4;
  readonly end?: 'big' | 'little';
}

const notable = [0, 1, 2, 3, 7, 8, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** One field gets a number that programs trip over, or its neighbour. */
function spoilField(bytes: Buffer, random: Random, fields: readonly Field[]): Buffer {
  const changed = Buffer.from(bytes);
  const { at, bytes: width, end = 'little' } = pick(random, fields.filter(({ at, bytes: width }) => at >= 0 && at + width <= bytes.length));
  const old = end === 'big' ? changed.readUIntBE(at, width) : changed.readUIntLE(at, width);
  const value = pick(random, [...notable, old + 1, old - 1, 2 * old]) & (width === 4 ? -1 : 2 ** (8 * width) - 1);
  if (end === 'big') changed.writeUIntBE(value >>> 0, at, width);
  else changed.writeUIntLE(value >>> 0, at, width);
  return changed;
}

/** Magic bytes and lengths. */
export const spoilIdx: Mutation = (bytes, random) => {
  const lengths = Array.from({ length: bytes[3]! }, (_, axis) => ({ at: 4 + 4 * axis, bytes: 4, end: 'big' }) as const);
  return spoilField(bytes, random, [{ at: 0, bytes: 1 }, { at: 2, bytes: 1 }, { at: 3, bytes: 1 }, ...lengths, ...lengths]);
};

/** What is in the gzip, or one of gzip's own fields: magic, method, flags, checksum, length. */
export const spoilGzip =
  (inner: Mutation): Mutation =>
  (bytes, random) => {
    if (random.uniform() < 0.6) return gzipSync(inner(gunzipSync(bytes), random));
    return spoilField(bytes, random, [...[0, 1, 2, 3].map((at) => ({ at, bytes: 1 }) as const), { at: bytes.length - 8, bytes: 4 }, { at: bytes.length - 4, bytes: 4 }]);
  };

/** Version, header length, or a word of the header: a type, an order, a length. */
export const spoilNpy: Mutation = (bytes, random) => {
  if (random.uniform() < 0.3) return spoilField(bytes, random, [{ at: 0, bytes: 1 }, { at: 6, bytes: 1 }, { at: 8, bytes: 2 }]);
  const words = ['|O', '<f2', '>f4', '<f8', '<i8', '<c8', '|S9', '<U3', '|V8', 'True', 'False', 'None', '0', '1', '-1', '3L', '65536', '4294967296', '1e3', '99999999999999999999', '()', '[]', '{', ''];
  const end = bytes.indexOf('\n') + 1;
  return Buffer.concat([bytes.subarray(0, 10), Buffer.from(spoilWord(bytes.toString('latin1', 10, end), random, words), 'latin1'), bytes.subarray(end)]);
};

function spoilWord(text: string, random: Random, words: readonly string[]): string {
  const found = [...text.matchAll(/[<>|\w]+/g)];
  const { 0: old, index } = pick(random, found);
  const put = pick(random, words);
  const spoilt = text.slice(0, index) + put + text.slice(index + old.length);
  // As long as before, so that the values stay where the header says.
  return spoilt.length <= text.length ? `${spoilt.slice(0, -1).padEnd(text.length - 1)}\n` : spoilt;
}

const zipFields: readonly { readonly signature: string; readonly fields: readonly (readonly [at: number, bytes: 1 | 2 | 4])[] }[] = [
  { signature: 'PK\x03\x04', fields: [[0, 1], [6, 2], [8, 2], [18, 4], [22, 4], [26, 2], [28, 2]] },
  { signature: 'PK\x01\x02', fields: [[0, 1], [8, 2], [10, 2], [16, 4], [20, 4], [24, 4], [28, 2], [30, 2], [32, 2], [42, 4], [46, 1]] },
  { signature: 'PK\x05\x06', fields: [[0, 1], [4, 2], [8, 2], [10, 2], [12, 4], [16, 4], [20, 2]] },
];

/** A field of the local headers, the central directory or its end; or what is in an entry. */
export const spoilZip =
  (inner: Mutation): Mutation =>
  (bytes, random) => {
    if (random.uniform() < 0.4) {
      const files = unzipSync(bytes);
      const name = pick(random, Object.keys(files));
      return Buffer.from(zipSync({ ...files, [name]: inner(Buffer.from(files[name]!), random) }, { level: 6 }));
    }
    const { signature, fields } = pick(random, zipFields);
    const start = random.uniform() < 0.5 ? bytes.indexOf(signature, 0, 'latin1') : bytes.lastIndexOf(signature, undefined, 'latin1');
    return spoilField(bytes, random, fields.map(([at, width]) => ({ at: start + at, bytes: width })));
  };

/** A chunk's length or type, or the image's size, depth and colours; half of them with a checksum that agrees. */
export const spoilPng: Mutation = (bytes, random) => {
  const chunks: number[] = [];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) chunks.push(at);
  const sizes = [8, 12].map((at) => ({ at: 8 + at, bytes: 4, end: 'big' }) as const);
  const kinds = [16, 17, 18, 19, 20].map((at) => ({ at: 8 + at, bytes: 1 }) as const);
  const heads = chunks.flatMap((at) => [{ at, bytes: 4, end: 'big' } as const, { at: at + 4 + random.integer(4), bytes: 1 } as const]);
  const changed = spoilField(bytes, random, [...sizes, ...kinds, ...heads]);
  if (random.uniform() < 0.5) changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
};

/** A segment's length, or the size in the frame header. */
export const spoilJpeg: Mutation = (bytes, random) => {
  const segments: number[] = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; at += 2 + bytes.readUInt16BE(at + 2)) segments.push(at);
  const frame = segments.find((at) => (bytes[at + 1]! & 0xf0) === 0xc0 && bytes[at + 1] !== 0xc4)!;
  const heads = segments.flatMap((at) => [{ at: at + 1, bytes: 1 } as const, { at: at + 2, bytes: 2, end: 'big' } as const]);
  return spoilField(bytes, random, [...heads, { at: frame + 5, bytes: 2, end: 'big' }, { at: frame + 7, bytes: 2, end: 'big' }, { at: frame + 9, bytes: 1 }]);
};

/** A cell, of the header too, becomes another text. */
export const spoilCsv: Mutation = (bytes, random) => {
  const lines = bytes.toString('utf8').split('\n');
  const row = random.integer(lines.length);
  const cells = lines[row]!.split(',');
  const texts = ['', 'NA', 'nan', 'inf', '-1', '2', '1e39', '1e400', '0x10', '1,5', '"', 'a"b', '"a', 'class', 'label', 'a', '\r', '\0', '\ufeff', '😀', 'x'.repeat(70_000), '9007199254740993'];
  cells[random.integer(cells.length)] = pick(random, texts);
  lines[row] = cells.join(',');
  return Buffer.from(lines.join('\n'));
};

/** Weights cut at a value, doubled, or with a value that is no number of a net. */
export const spoilFloats: Mutation = (bytes, random) => {
  const at = 4 * random.integer(bytes.length / 4);
  const changed = Buffer.from(bytes);
  changed.writeFloatLE(pick(random, [NaN, Infinity, -Infinity, 3e38, -3e38, 1e-45]), at);
  return pick(random, [changed, changed, bytes.subarray(0, at), Buffer.concat([bytes, bytes.subarray(0, at)])]);
};

/** Knows nothing of formats: cuts, inserts, overwrites, repeats, flips. */
export const spoilBytes: Mutation = (bytes, random) => {
  const at = random.integer(bytes.length + 1);
  const some = random.integer(1 + Math.min(64, bytes.length - at));
  const noise = Buffer.from(Array.from({ length: 1 + random.integer(16) }, () => random.integer(256)));
  const [before, within, after] = [bytes.subarray(0, at), bytes.subarray(at, at + some), bytes.subarray(at + some)];
  const flipped = Buffer.from(bytes);
  for (let flips = 1 + random.integer(4); flips > 0 && bytes.length > 0; flips--) flipped[random.integer(bytes.length)]! ^= 1 << random.integer(8);
  return pick(random, [before, Buffer.concat([before, noise, within, after]), Buffer.concat([before, noise, after]), Buffer.concat([before, after]), Buffer.concat([before, within, within, after]), flipped, flipped]);
};
