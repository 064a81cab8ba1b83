import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../src/plan/records/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));
const lock = join(folder, 'scan.lock');
beforeEach(() => rmSync(lock, { force: true }));

const heldBy = (holder: object) => writeFileSync(lock, JSON.stringify({ pid, host: hostname(), since: Date.now(), ...holder }));

test('a lock is there while it is held, for one, and nothing is left of it', () => {
  const held = takeLock(lock);
  expect(() => takeLock(lock)).toThrow(`${lock}: another scan is writing here: process ${pid}`);
  expect(readdirSync(folder)).toEqual(['scan.lock']);
  held.release();
  expect(existsSync(lock)).toBe(false);
  takeLock(lock).release();
});

test('a lock of a process that has ended is taken over at once', () => {
  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  heldBy({ pid: gone });
  const held = takeLock(lock);
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid });
  held.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock of a killed process is taken over, of one that lives it is not', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  heldBy({ pid: child.pid });
  expect(() => takeLock(lock)).toThrow(`process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  takeLock(lock).release();
});

test('a lock from before this machine started is taken over, whatever has its number now', () => {
  heldBy({ since: 0 });
  takeLock(lock).release();
});

test.runIf(process.platform === 'linux')('a lock of an earlier process with the same number is taken over', () => {
  heldBy({ life: 'another boot 123' });
  takeLock(lock).release();
});

test('a lock from another machine is respected, and the message says what to do', () => {
  heldBy({ pid: 12, host: 'elsewhere' });
  expect(() => takeLock(lock)).toThrow(`${lock}: another scan is writing here: process 12 on elsewhere; if it is gone, delete ${lock}`);
});

test.each(['', '{"pid"'])('a lock that names nobody (%j) is taken over', (content) => {
  writeFileSync(lock, content);
  takeLock(lock).release();
});

test('of many processes that find an abandoned lock, one gets it', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  heldBy({ pid: gone });
  const taking = `
    const { takeLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../dist/src/plan/records/lock.js'))});
    const said = (word) => console.log(word);
    try { const lock = takeLock(${JSON.stringify(lock)}); setTimeout(() => { try { lock.confirm(); said('held') } catch { said('refused') } }, 500); setTimeout(() => undefined, 5000); } catch { said('refused') }
  `;
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', taking]));
  const said = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()));
  for (const child of children) child.kill();
  expect(said.sort()).toEqual(['held', 'refused', 'refused', 'refused', 'refused', 'refused']);
});
