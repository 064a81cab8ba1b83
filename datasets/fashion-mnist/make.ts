/**
 * Makes the bundled sample from a full Fashion-MNIST: `npx tsx datasets/fashion-mnist/make.ts FOLDER`, where FOLDER
 * holds the four usual files (Debian: `apt-get install dataset-fashion-mnist`, /usr/share/datasets/fashion-mnist).
 * Keeps the first images of each split, in order; the same input gives the same bytes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { gunzipSync, gzipSync } from 'node:zlib';

const kept = { t10k: 2_000, train: 10_000 } as const;
const files = [
  { suffix: 'images-idx3-ubyte.gz', headerBytes: 16, exampleBytes: 28 * 28 },
  { suffix: 'labels-idx1-ubyte.gz', headerBytes: 8, exampleBytes: 1 },
] as const;

/** The file's first `count` examples, as gzipped IDX. */
function head(file: Buffer, count: number, headerBytes: number, exampleBytes: number): Buffer {
  const part = Buffer.from(gunzipSync(file).subarray(0, headerBytes + count * exampleBytes));
  part.writeUInt32BE(count, 4);
  const zipped = gzipSync(part, { level: 9 });
  zipped[9] = 255; // the gzip header's operating system: unknown, so that it does not depend on the machine
  return zipped;
}

const source = argv[2];
if (source === undefined) throw new Error('usage: npx tsx datasets/fashion-mnist/make.ts FOLDER');
for (const [split, count] of Object.entries(kept)) {
  for (const { suffix, headerBytes, exampleBytes } of files) {
    const name = `${split}-${suffix}`;
    const file = head(await readFile(join(source, name)), count, headerBytes, exampleBytes);
    await writeFile(join(import.meta.dirname, name), file);
  }
}
