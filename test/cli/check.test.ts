import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CheckResult } from '../../src/plan/check/check.ts';
import { readConfig } from '../../src/plan/check/configFile.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { runCli } from './runCli.ts';
import { saveTinyOnnx } from './tinyOnnx.ts';

/** As in test/plan/check.test.ts: under attack the first model holds two fifths, the second three. */
const images = idxBytes([200, 2, 3], Array.from({ length: 40 }, () => [255, 153, 102, 0, 255]).flat().flatMap((first) => [first, 128, 128, 128, 128, 128]));
const folder = folderWith({ images, labels: idxBytes([200], Array.from({ length: 40 }, () => [1, 1, 0, 0, 0]).flat()) });
const modelAt = (threshold: number) => saveTinyOnnx(join(folder, `at-${threshold}.onnx`), threshold);
const [weak] = [modelAt(0.5), modelAt(0.3)];
const asked = { model: 'at-0.3.onnx', data: 'idx:images,labels', threat: { epsilon: 0.2 }, attacks: 'fgsm', workers: 0 };
const config = { ...asked, baseline: 'base.json', maxRegression: 0.05, thresholds: { clean: 0.5 } };
const breakwater = (...args: string[]) => runCli([...args, '--no-cache'], undefined, { cwd: folder });
const checked = (...args: string[]) => breakwater('check', '--quiet', ...args);

beforeAll(async () => {
  writeFileSync(join(folder, 'breakwater.config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'two.json'), JSON.stringify({ ...asked, scenarios: [{ name: 'first', thresholds: { clean: 0.5 } }, { name: 'second', thresholds: { clean: 0.9 } }] }));
  const { code, stdout, stderr } = await checked('--update-baseline');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^held: 1 gate of 1 scenario\nbase\.json: 'default' is the baseline now\n$/m);
});

describe('breakwater check', () => {
  test('holds the model to its thresholds and its baseline', async () => {
    const { code, stdout, stderr } = await checked();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^clean +at least 50\.0 % .* held$/m);
    expect(stdout).toMatch(/^regression +at most 5\.0 % +0\.0 % .* held$/m);
    expect(stdout).toMatch(/\nheld: 2 gates of 1 scenario\n$/);
  });

  test('exits with 1 where another model has lost too much, and says what', async () => {
    const { code, stdout } = await checked(weak);
    expect(code).toBe(1);
    expect(stdout).toContain('lost since the baseline  40 examples: 1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 61, 66, 71, 76, 81, 86, 91, 96, and 20 more\n');
    expect(stdout).toMatch(/\nmissed: worst-case accuracy lost since the baseline \(missed\)\n$/);
  });

  test('exits with 1 where one of several misses, and tells of each', async () => {
    const both = await checked('--config', 'two.json', '--json');
    const { verdict, scenarios } = JSON.parse(both.stdout) as CheckResult;
    expect([both.code, verdict, scenarios.map(({ name, report }) => [name, report.verdict])]).toEqual([1, 'missed', [['first', 'held'], ['second', 'missed']]]);
    expect((await checked('--config', 'two.json', '--only', 'second', '--only=first')).stdout).toContain('\nmissed: second: clean accuracy (missed)\n');
  });

  test('exits with 3 where the examples do not decide, and says which figure; --only leaves the other scenario out', async () => {
    const { code, stdout } = await checked('--limit', '10', '--config', 'two.json', '--only', 'first');
    expect(code).toBe(3);
    expect(stdout).toMatch(/\ninconclusive: first: clean accuracy \(inconclusive\)\n$/);
  });

  test('exits with 2 where a scenario cannot run, after it told of those before', async () => {
    writeFileSync(join(folder, 'broken.json'), JSON.stringify({ ...asked, scenarios: [{ name: 'first', thresholds: { clean: 0.5 } }, { name: 'second', data: 'idx:none,labels', thresholds: { clean: 0.9 } }] }));
    const { code, stdout, stderr } = await checked('--config', 'broken.json', '--out', 'out', '--format', 'junit');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^first\n/);
    expect(stderr).toMatch(/^breakwater: broken\.json: scenario 'second': none: [^\n]+\n$/);
    expect(readFileSync(join(folder, 'out', 'junit.xml'), 'utf8')).toContain('first');
  });

  test.each([
    [['--confg', 'x'], "unknown flag '--confg': did you mean --config?"],
    [['--config', 'none.ts'], 'none.ts: expected a config file, found nothing there'],
    [['--format', 'junit'], 'formats: expected together with out, the folder they go to, found junit and no folder'],
  ])('%j is refused in one line', async (args, line) => {
    const { code, stdout, stderr } = await checked(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`breakwater: ${line}`), stderr).toBe(true);
    expect(stderr.match(/\n/g)).toHaveLength(1);
  });

  test('a baseline compares by itself', async () => {
    const { code, stdout } = await runCli(['compare', 'base.json', 'base.json#default', '--max-regression', '0.05', '--json'], undefined, { cwd: folder });
    expect([code, (JSON.parse(stdout) as { verdict: string }).verdict]).toEqual([0, 'held']);
  });
});

test('breakwater init writes a config that check takes as it is, and never over another', async () => {
  const [typed, plain] = [join(folder, 'typed'), join(folder, 'plain')];
  for (const project of [typed, plain]) mkdirSync(project);
  expect((await runCli(['init'], undefined, { cwd: typed })).stdout).toBe('breakwater.config.ts is written; npx breakwater check runs it as it is: then name your model, data and thresholds in it\n');
  expect(await runCli(['init', '--json'], undefined, { cwd: typed })).toEqual({ code: 2, stdout: '', stderr: 'breakwater: breakwater.config.ts: expected no config file here yet, found one; it is left as it is\n' });
  const { code, stdout } = await runCli(['check', '--quiet', '--no-cache', '--limit', '100'], undefined, { cwd: typed });
  expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'held: 2 gates of 1 scenario']);
  await runCli(['init', '--json'], undefined, { cwd: plain });
  const configs = await Promise.all([join(typed, 'breakwater.config.ts'), join(plain, 'breakwater.config.json')].map(readConfig));
  expect(configs[1]?.config).toEqual(configs[0]?.config);
});
