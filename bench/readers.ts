/**
 * How fast the readers deliver, and how much memory they hold for 1,000 and for 100,000 examples (images: 200 and 2,000
 * photographs): `npx tsx bench/readers.ts`. Every row is a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { openDataset } from '../datasets/index.ts';
import { npyBytes, zipBytes } from '../test/datasets/npyFiles.ts';
import { printMachine, printTable } from './table.ts';

/** Arrays of `count` float images, as two files and as one. */
function writeArrays(folder: string, count: number): string[] {
  const values = Float32Array.from({ length: count * 784 }, (_, i) => ((i * i) % 1009) / 1009);
  const [x, y] = [npyBytes('<f4', [count, 28, 28], values), npyBytes('|u1', [count], new Uint8Array(count))];
  const at = (name: string) => join(folder, `${count}-${name}`);
  writeFileSync(at('x.npy'), x);
  writeFileSync(at('y.npy'), y);
  writeFileSync(at('set.npz'), zipBytes({ 'x.npy': x, 'y.npy': y }));
  return [`npy:${at('x.npy')},${at('y.npy')}`, `npz:${at('set.npz')}`];
}

/** JPEGs of 500×375, ImageNet's usual size, in ten classes. */
async function writePhotos(folder: string, count: number): Promise<string> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const photo = await sharp({ create: { width: 500, height: 375, channels: 3, background: 'white', noise } }).blur(2).jpeg().toBuffer();
  const root = join(folder, `${count}-photos`);
  for (let i = 0; i < count; i++) {
    const path = join(root, `class-${i % 10}`);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, `${i}.jpg`), photo);
  }
  return `images:${root}`;
}

async function row(spec: string): Promise<string[]> {
  const dataset = await openDataset(spec, { shape: [224, 224, 3] });
  const start = performance.now();
  let [read, peak] = [0, 0];
  for await (const { id } of dataset.read()) {
    read++;
    if (id % 50 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  const rate = (1000 * read) / (performance.now() - start);
  return [spec.slice(0, spec.indexOf(':')), `${read}`, dataset.shape.join('×'), rate.toFixed(0), (peak / 2 ** 20).toFixed(0)];
}

const [, script = '', only] = process.argv;
if (only !== undefined) console.log(JSON.stringify(await row(only)));
else {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const specs = [...writeArrays(folder, 1_000), ...writeArrays(folder, 100_000), await writePhotos(folder, 200), await writePhotos(folder, 2_000)];
  const rows = specs.toSorted().map((spec) => JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', script, spec], { encoding: 'utf8' })) as string[]);
  rmSync(folder, { recursive: true });
  printMachine();
  printTable('Readers, alone', ['reader', 'examples', 'shape', 'a second', 'peak MB'], rows);
}
