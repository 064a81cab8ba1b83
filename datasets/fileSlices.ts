import { createReadStream, read } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

/** A file as yauzl reads it. Its own reader throws, where nobody can catch it, when a damaged file points outside of itself. */
export class FileSlices extends RandomAccessReader {
  readonly bytes: number;
  private readonly path: string;
  private readonly handle: FileHandle;

  private constructor(path: string, handle: FileHandle, bytes: number) {
    super();
    this.path = path;
    this.handle = handle;
    this.bytes = bytes;
  }

  static async open(path: string): Promise<FileSlices> {
    const handle = await open(path);
    return new FileSlices(path, handle, (await handle.stat()).size);
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null, bytesRead?: number) => void): void {
    if (position + length > this.bytes) callback(new Error(`it points to byte ${position} of ${this.bytes}`));
    else read(this.handle.fd, buffer, offset, length, position, callback);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return createReadStream(this.path, { start, end: end - 1 });
  }

  /** Yauzl counts who still reads, and miscounts after an error; whoever opened the file releases it. */
  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  async release(): Promise<void> {
    await this.handle.close();
  }
}
