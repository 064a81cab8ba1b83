import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../src/core/errors.ts';
import { fileError } from './fileError.ts';

/** Bytes of a known number that can be streamed from the start any number of times. */
export interface ByteSource {
  /** How errors call it. */
  readonly name: string;
  readonly bytes: number;
  readonly stream: () => AsyncIterable<Buffer>;
}

export async function fileSource(path: string): Promise<ByteSource> {
  const stats = await stat(path).catch((error: unknown) => Promise.reject(fileError(path, error) as Error));
  if (!stats.isFile()) throw new UserError(`${path}: expected a file, found ${stats.isDirectory() ? 'a folder' : 'a device'}`);
  return { name: path, bytes: stats.size, stream: () => fileBytes(path) };
}

async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(path)) yield piece as Buffer;
  } catch (error) {
    throw fileError(path, error);
  }
}

/** The first bytes, at most `most` of them. */
export async function firstBytes({ stream }: ByteSource, most: number): Promise<Buffer> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const piece of stream()) {
    read.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  return Buffer.concat(read).subarray(0, most);
}
