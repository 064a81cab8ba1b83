import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { UserError } from '../src/core/errors.ts';
import type { ByteSource } from './byteSource.ts';
import { fileError } from './fileError.ts';
import { FileSlices } from './fileSlices.ts';

/** More files than a set of arrays has. */
const mostEntries = 10_000;

/** Deflate's best: 258 bytes from 2 bits. What claims more is a bomb. */
const bestRatio = 1032;

/** The files in a zip whose names have this ending, by name. Each is streamed, and checked against its size and checksum. */
export async function zipSources(path: string, ending: string): Promise<ReadonlyMap<string, ByteSource>> {
  const sources = new Map<string, ByteSource>();
  for await (const entry of reading(path, path, (zip) => zip.eachEntry())) {
    if (!entry.fileName.endsWith(ending)) continue;
    if (sources.has(entry.fileName)) throw new UserError(`${path}: expected ${entry.fileName} once, found it again`);
    if (sources.size === mostEntries) throw new UserError(`${path}: expected at most ${mostEntries} entries, found more`);
    const name = `${path}/${entry.fileName}`;
    sources.set(entry.fileName, { name, bytes: entry.uncompressedSize, stream: () => entryBytes(path, name, entry) });
  }
  return sources;
}

/** The last piece comes only once the checksum of them all is right. */
async function* entryBytes(path: string, name: string, entry: Entry): AsyncGenerator<Buffer> {
  checkEntry(name, entry);
  let held: Buffer | undefined;
  let sum = 0;
  for await (const piece of reading<Buffer>(path, name, (zip) => zip.openReadStreamPromise(entry))) {
    if (held) yield held;
    held = piece;
    sum = crc32(piece, sum);
  }
  if (sum !== entry.crc32) throw new UserError(`${name}: damaged: expected checksum ${hex(entry.crc32)}, found ${hex(sum)}`);
  if (held) yield held;
}

function checkEntry(name: string, entry: Entry): void {
  if (entry.isEncrypted()) throw new UserError(`${name}: expected an entry without encryption, found an encrypted one`);
  if (!entry.canDecodeFileData()) {
    throw new UserError(`${name}: expected an entry that is stored or deflated, found compression method ${entry.compressionMethod}`);
  }
  const most = bestRatio * entry.compressedSize;
  if (entry.uncompressedSize <= most) return;
  throw new UserError(`${name}: expected at most ${most} bytes from ${entry.compressedSize} compressed ones, found ${entry.uncompressedSize}: a zip bomb`);
}

/** Opens the zip for as long as something of it is read; what is wrong with it is said of `name`. */
async function* reading<T>(path: string, name: string, read: (zip: ZipFile) => AsyncIterable<T> | Promise<AsyncIterable<T>>): AsyncGenerator<T> {
  let file: FileSlices | undefined;
  try {
    file = await FileSlices.open(path);
    yield* await read(await fromRandomAccessReaderPromise(file, file.bytes, { autoClose: false }));
  } catch (error) {
    throw zipError(name, error);
  } finally {
    await file?.release();
  }
}

function zipError(name: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  const known = fileError(name, error);
  return known instanceof UserError ? known : new UserError(`${name}: damaged zip file: ${(error as Error).message}`, { cause: error });
}

function hex(checksum: number): string {
  return `0x${checksum.toString(16).padStart(8, '0')}`;
}
