import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../src/core/errors.ts';
import { fileError } from './fileError.ts';

/** A gzip stream ended before its own end mark. Everything up to there was delivered. */
export class CutShort extends UserError {}

/** A file's bytes, unzipped where it is gzip (told by its content, not its name), in pieces: bounded memory at any size. */
export async function* byteStream(path: string): AsyncGenerator<Buffer> {
  try {
    const zipped = await isGzip(path);
    const file = createReadStream(path);
    const bytes: Readable = zipped ? file.pipe(createGunzip()) : file;
    file.on('error', (error) => bytes.destroy(error));
    try {
      for await (const piece of bytes) yield piece as Buffer;
    } finally {
      file.destroy();
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw new CutShort(`${path}: truncated gzip data`, { cause: error });
    if (code === 'Z_DATA_ERROR') throw new UserError(`${path}: damaged gzip data`, { cause: error });
    throw fileError(path, error);
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await file.close();
  }
}

/** The stream cut into pieces of `size` bytes, after the first `skip`. The last may be shorter. */
export async function* pieces(stream: AsyncIterable<Buffer>, size: number, skip: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const skipped = Math.min(skip, chunk.length);
    skip -= skipped;
    held.push(chunk.subarray(skipped));
    length += chunk.length - skipped;
    if (length < size) continue;
    const bytes = held.length === 1 ? chunk.subarray(skipped) : Buffer.concat(held);
    let at = 0;
    for (; at + size <= length; at += size) yield bytes.subarray(at, at + size);
    held = [bytes.subarray(at)];
    length -= at;
  }
  if (length > 0) yield Buffer.concat(held);
}
