import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** An IDX file of unsigned bytes: magic, dimensions, data. */
export function idxBytes(dimensions: readonly number[], data: Iterable<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x800 + dimensions.length);
  dimensions.forEach((length, i) => header.writeUInt32BE(length, 4 + 4 * i));
  return Buffer.concat([header, Buffer.from([...data])]);
}

/** A fresh folder with these files; names that end in .gz are gzipped. */
export function folderWith(files: Readonly<Record<string, Buffer | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(content) : content);
  }
  return folder;
}

/** Three 2×3 images of bytes 0 … 17, labelled 2, 0, 1. */
export const threeImages = idxBytes([3, 2, 3], Array(18).keys());
export const threeLabels = idxBytes([3], [2, 0, 1]);

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
