import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../src/core/errors.ts';

/** A gzip stream ended before its own end mark. Everything up to there was delivered. */
export class CutShort extends UserError {}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'expected a file, found a folder',
  EACCES: 'permission denied',
  Z_DATA_ERROR: 'damaged gzip data',
};

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
    const reason = reasons[code];
    throw reason === undefined ? error : new UserError(`${path}: ${reason}`, { cause: error });
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
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const skipped = Math.min(skip, chunk.length);
    skip -= skipped;
    rest = rest.length > 0 ? Buffer.concat([rest, chunk.subarray(skipped)]) : chunk.subarray(skipped);
    let at = 0;
    for (; at + size <= rest.length; at += size) yield rest.subarray(at, at + size);
    rest = rest.subarray(at);
  }
  if (rest.length > 0) yield rest;
}
