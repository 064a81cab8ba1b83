import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RobustnessReport } from '../../src/core/report.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { withoutSeconds } from '../support/withoutSeconds.ts';
import { runCli } from './runCli.ts';
import { saveTinyModel } from './tinyModel.ts';

const count = 400;
const firstPixels = Array.from({ length: count }, (_, id) => (37 * id) % 256);
const folder = folderWith({
  images: idxBytes([count, 2, 3], firstPixels.flatMap((first) => [first, 128, 128, 128, 128, 128])),
  labels: idxBytes([count], firstPixels.map((first, id) => Number(first > 127 !== (id % 11 === 0)))),
});
const model = saveTinyModel(join(folder, 'model'));
const data = `idx:${join(folder, 'images')},${join(folder, 'labels')}`;
/** Some seconds of work on one core. */
const scan = ['scan', model, '--data', data, '--epsilon', '0.2', '--attack', 'fgsm,pgd(steps=700,stopWhenFooled=false)', '--workers', '1', '--json'];
const into = (name: string) => join(folder, name);

const reportIn = (text: string) => withoutSeconds(JSON.parse(text) as RobustnessReport);
const recordsIn = (out: string) => readRecords(join(out, 'samples.jsonl')).sort((a, b) => a.id - b.id || a.attack.localeCompare(b.attack));

/** Sends a signal once the folder holds so many records. */
const signalAt = (out: string, records: number, signal: NodeJS.Signals) => (child: ChildProcess) => {
  const samples = join(out, 'samples.jsonl');
  const timer = setInterval(() => {
    if (!existsSync(samples) || readFileSync(samples).filter((byte) => byte === 10).length < records) return;
    clearInterval(timer);
    child.kill(signal);
  }, 5);
  child.once('exit', () => clearInterval(timer));
};

describe('a scan that is stopped', () => {
  let expected: RobustnessReport;
  beforeAll(async () => {
    expected = reportIn((await runCli([...scan, '--out', into('whole')])).stdout);
  }, 60_000);

  async function goesOn(out: string): Promise<void> {
    const { code, stdout } = await runCli([...scan, '--out', out]);
    expect(code).toBe(0);
    expect(reportIn(stdout)).toEqual(expected);
    expect(reportIn(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(expected);
    expect(recordsIn(out)).toEqual(recordsIn(into('whole')));
    expect(readdirSync(out).sort()).toEqual(['gallery.json', 'report.html', 'report.json', 'report.txt', 'samples.jsonl', 'scan.json']);
  }

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s says how to go on', async (signal, expectedCode) => {
    const out = into(signal);
    const { code, stdout, stderr } = await runCli([...scan, '--out', out], signalAt(out, 100, signal));
    expect(code).toBe(expectedCode);
    expect(stdout).toBe('');
    const [, done] = /^breakwater: interrupted after (\d+) of 800 results, no report; they are in .*: run the same command again to go on from there$/m.exec(stderr) ?? [];
    expect(readRecords(join(out, 'samples.jsonl'))).toHaveLength(Number(done));
    expect(readdirSync(out).sort()).toEqual(['samples.jsonl', 'scan.json']);
  });

  test('by kill -9, again and again, ends as if it had not been', async () => {
    const out = into('killed');
    for (const records of [0, 300]) {
      await runCli([...scan, '--out', out], signalAt(out, records, 'SIGKILL'));
      expect(readdirSync(out).sort()).toEqual(['samples.jsonl', 'scan.json', 'scan.lock']);
    }
    await goesOn(out);
  });

  test('by its time limit exits with 3 and leaves no report', async () => {
    const out = into('limited');
    const { code, stdout, stderr } = await runCli([...scan, '--out', out, '--time-limit', '0.4s']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^breakwater: time is up/m);
    expect(existsSync(join(out, 'report.json'))).toBe(false);
  });

  // A limit on the size of files stops a write in the middle of a line, as a full disk does.
  test.skipIf(process.platform === 'win32')('by a full disk keeps what is written whole, and says how to go on', async () => {
    const out = into('full');
    const main = resolve(import.meta.dirname, '../../dist/src/cli/main.js');
    const limited = `trap '' XFSZ; ulimit -f 30; exec "$0" "$@"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, main, ...scan, '--no-cache', '--quiet', '--out', out], { encoding: 'utf8' });
    const samples = join(out, 'samples.jsonl');
    expect(stderr).toMatch(/^breakwater: .*samples\.jsonl: cannot be written: E.*; what is in it is whole, and the same command goes on from there\n$/);
    expect([status, stdout]).toEqual([2, '']);
    expect(readFileSync(samples, 'utf8')).toMatch(/\}\n$/);
    expect(readRecords(samples).length).toBeGreaterThan(50);
    await goesOn(out);
  });
});

test('a second scan into the same folder is refused while the first one runs', async () => {
  const out = into('busy');
  let first: ChildProcess | undefined;
  const running = runCli([...scan, '--out', out], (child) => (first = child));
  await expect.poll(() => existsSync(join(out, 'scan.lock')), { timeout: 20_000 }).toBe(true);
  const { code, stderr } = await runCli([...scan, '--out', out, '--quiet']);
  first?.kill('SIGKILL');
  expect(stderr).toBe(`breakwater: ${join(out, 'scan.lock')}: another scan is writing here: process ${first?.pid}\n`);
  expect(code).toBe(2);
  await running;
});

test('a folder that cannot be made is one line, before anything runs, and at once', async () => {
  const out = join(folder, 'images', 'out');
  const { code, stderr } = await runCli([...scan, '--out', out, '--quiet', '--time-limit', '10m']);
  expect(stderr).toMatch(/^breakwater: .*images\/out: cannot be written: ENOTDIR[^\n]*\n$/);
  expect(code).toBe(2);
});

describe('a scan that was made before', () => {
  const quick = ['scan', model, '--data', data, '--epsilon', '0.2', '--limit', '40', '--workers', '0', '--json', '--cache'];

  test.each([
    ['with the project it is run in', ['node_modules'], 'node_modules/.cache/breakwater'],
    ['with the user, outside of one', [], process.platform === 'linux' ? 'cache/breakwater' : ''],
  ])('is answered from the cache, which is kept %s', async (name, folders, kept) => {
    const cwd = into(name);
    mkdirSync(join(cwd, 'deep'), { recursive: true });
    for (const one of folders) mkdirSync(join(cwd, one));
    const place = { cwd: join(cwd, 'deep'), env: { ...process.env, XDG_CACHE_HOME: join(cwd, 'cache'), LOCALAPPDATA: join(cwd, 'cache') } };
    if (kept === '') return;
    const first = await runCli(quick, undefined, place);
    const again = await runCli(quick, undefined, place);
    expect(again.stderr).toContain(`80 of 80 results are from the cache (${join(cwd, kept)}); --no-cache runs them again`);
    expect(first.stderr).not.toContain('from the cache');
    expect(reportIn(again.stdout)).toEqual(reportIn(first.stdout));
    expect(readdirSync(join(cwd, kept))).toHaveLength(2);
  });

  test('is run again with --no-cache, which leaves nothing', async () => {
    const cwd = into('none');
    mkdirSync(join(cwd, 'node_modules'), { recursive: true });
    writeFileSync(join(cwd, 'package.json'), '{}');
    const { stderr } = await runCli(quick.with(-1, '--no-cache'), undefined, { cwd });
    expect(stderr).not.toContain('from the cache');
    expect(readdirSync(join(cwd, 'node_modules'))).toEqual([]);
  });
});
