import { byteStream, CutShort, pieces } from './byteStream.ts';
import { UserError } from '../src/core/errors.ts';

/** A checked IDX file of unsigned bytes: the header says [count, ...shape], and the data is all there. */
export interface IdxFile {
  readonly path: string;
  readonly count: number;
  /** Of one item; [] for labels. */
  readonly shape: readonly number[];
  /** Streams the items, `shape` bytes each. Never ends by itself: asked for more than there is, it throws. */
  readonly items: () => AsyncGenerator<Buffer, never>;
}

/** What may stand in an IDX file, by its magic number (0x08 for unsigned bytes, then the number of dimensions). */
const kinds = {
  images: { magics: [0x803, 0x804], other: 'labels', otherMagics: [0x801] },
  labels: { magics: [0x801], other: 'images', otherMagics: [0x803, 0x804] },
} as const;
type Kind = keyof typeof kinds;

const longestHeader = 4 + 4 * 4;

/** Past its header's length a file is not measured further: a small gzip can hold any number of bytes. */
const surplus = 2 ** 20;

/** Reads the file once, in bounded memory, to check its header and length before anything depends on it. */
export async function openIdxFile(path: string, kind: Kind): Promise<IdxFile> {
  const { count, shape } = parseHeader(path, kind, await headOf(path));
  const skip = 4 + 4 * (1 + shape.length);
  const size = shape.reduce((product, side) => product * side, 1);
  const content = `${count} ${kind}${shape.length > 0 ? ` of ${shape.join('×')}` : ''}`;
  if (count * size === 0) throw new UserError(`${path}: expected at least one of the ${kind}, found ${content}`);
  const expected = skip + count * size;
  const { bytes, cut } = await measure(path, expected + surplus);
  if (bytes !== expected) {
    const fault = bytes < expected ? 'truncated' : 'trailing bytes';
    const found = bytes > expected + surplus ? `more than ${expected + surplus}` : bytes;
    throw new UserError(`${path}: ${fault}: expected ${expected} bytes for ${content}, found ${found}`);
  }
  if (cut) throw cut;
  return { path, count, shape, items: () => items(path, size, skip) };
}

async function* items(path: string, size: number, skip: number): AsyncGenerator<Buffer, never> {
  for await (const piece of pieces(byteStream(path), size, skip)) {
    if (piece.length === size) yield piece;
  }
  throw new UserError(`${path}: shorter than when it was opened`);
}

/** The first bytes, fewer where the file has no more. */
async function headOf(path: string): Promise<Buffer> {
  let head = Buffer.alloc(0);
  await scan(path, (piece) => {
    head = Buffer.concat([head, piece]).subarray(0, longestHeader);
    return head.length < longestHeader;
  });
  return head;
}

/** The number of bytes, as far as more than `most`, and whether a gzip stream broke off after them. */
async function measure(path: string, most: number): Promise<{ bytes: number; cut: CutShort | undefined }> {
  let bytes = 0;
  const cut = await scan(path, (piece) => (bytes += piece.length) <= most);
  return { bytes, cut };
}

/** Shows the pieces to `look` until it has seen enough; says whether a gzip stream broke off before. */
async function scan(path: string, look: (piece: Buffer) => boolean): Promise<CutShort | undefined> {
  try {
    for await (const piece of byteStream(path)) if (!look(piece)) break;
    return undefined;
  } catch (error) {
    if (error instanceof CutShort) return error;
    throw error;
  }
}

function parseHeader(path: string, kind: Kind, head: Buffer): { count: number; shape: number[] } {
  const { magics, other, otherMagics } = kinds[kind];
  const expected = magics.map((magic) => `0x${magic.toString(16)}`).join(' or ');
  if (head.length < 4) throw new UserError(`${path}: truncated: expected magic ${expected}, found ${head.length} bytes`);
  const magic = head.readUInt32BE();
  if (!magics.some((known) => known === magic)) {
    const hint = otherMagics.some((known) => known === magic) ? ` (are these the ${other}?)` : '';
    throw new UserError(`${path}: expected magic ${expected}, found 0x${magic.toString(16)}${hint}`);
  }
  const dimensions = magic & 0xff;
  const headerBytes = 4 + 4 * dimensions;
  if (head.length < headerBytes) {
    throw new UserError(`${path}: truncated: expected a header of ${headerBytes} bytes, found ${head.length}`);
  }
  const [count = 0, ...shape] = Array.from({ length: dimensions }, (_, i) => head.readUInt32BE(4 + 4 * i));
  return { count, shape };
}
