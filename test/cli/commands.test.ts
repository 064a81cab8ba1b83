import { spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { readers } from '../../datasets/index.ts';
import { modelLoaders } from '../../models/index.ts';
import { joinNegative } from '../../src/cli/values.ts';
import { main, runCli } from './runCli.ts';

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };

describe('breakwater', () => {
  test.each([['--help'], ['scan', '--help'], ['compare', '--help'], ['harden', '--help'], ['list', '--help']])('%s %s gives examples', async (...args) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stdout).toMatch(/^Examples:\n {2}breakwater /m);
    expect([stderr, code]).toEqual(['', 0]);
  });

  test('--version is that of the package', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    [[], 'expected a command, found none (breakwater --help lists them)'],
    [['scna'], "unknown command 'scna': did you mean scan? known are scan, init, trend, list, merge, check, compare, harden, report"],
    [['scan', 'a', 'b'], "scan: one argument too many: 'b'"],
    [['scan', '--format', 'json'], '--format: expected together with --out DIR, where the files go (--json prints the report)'],
    [['list'], 'list: expected attacks, readers, models, found nothing'],
    [['list', 'atacks'], "unknown subject 'atacks': did you mean attacks? known are attacks, readers, models"],
  ])('%j is refused in one line', async (args, line) => {
    expect(await runCli(args)).toEqual({ code: 2, stdout: '', stderr: `breakwater: ${line}\n` });
  });

  test.each([
    ['attacks', attacks],
    ['readers', readers],
    ['models', modelLoaders],
  ])('list %s names every one of the table, with its summary', async (subject, table) => {
    const { code, stdout } = await runCli(['list', subject]);
    for (const { name, summary } of Object.values<{ name: string; summary: string }>(table)) expect(stdout).toContain(`${name}: ${summary}`);
    expect(code).toBe(0);
  });
});

// An exit code of 1 would read as a missed threshold.
test.runIf(existsSync('/dev/full'))('output that goes nowhere is one line, and exit code 2', () => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'list', 'attacks'], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'], encoding: 'utf8' });
  expect(stderr).toMatch(/^breakwater: stdout: cannot be written: ENOSPC[^\n]*\n$/);
  expect(status).toBe(2);
});

test('a value may begin with a minus', () => {
  expect(joinNegative(['scan', '--range', '-1..1', '--mean=-1', '-x', '--quiet', '--seed', '-3'])).toEqual(
    ['scan', '--range=-1..1', '--mean=-1', '-x', '--quiet', '--seed=-3'],
  );
});
