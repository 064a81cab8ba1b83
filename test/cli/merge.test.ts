import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RobustnessReport } from '../../src/core/report.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { runCli } from './runCli.ts';
import { saveTinyOnnx } from './tinyOnnx.ts';

/** Half of them are within reach of epsilon. */
const firsts = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 255 : 140));
const folder = folderWith({
  images: idxBytes([40, 2, 3], firsts.flatMap((first) => [first, 128, 128, 128, 128, 128])),
  labels: idxBytes([40], firsts.map(() => 1)),
});
const at = (name: string) => join(folder, name);
const asked = [saveTinyOnnx(at('model.onnx')), '--data', `idx:${at('images')},${at('labels')}`, '--epsilon', '0.2', '--attack', 'fgsm', '--workers', '0', '--quiet'];
const shards = [at('s1'), at('s2')];

beforeAll(async () => {
  const ended = await Promise.all(shards.map((out, i) => runCli(['scan', ...asked, '--shard', `${i + 1}/2`, '--out', out])));
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
});

describe('breakwater merge', () => {
  test('writes the report of the whole scan, and shows it', async () => {
    const { code, stdout, stderr } = await runCli(['merge', ...shards, '--out', at('all')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('20 of 40 examples (50.0 %');
    expect(readFileSync(at('all/report.txt'), 'utf8')).toBe(stdout);
    expect(readdirSync(at('all'))).toEqual(expect.arrayContaining(['gallery.json', 'report.html', 'report.json', 'samples.jsonl', 'scan.json']));
    expect((JSON.parse(readFileSync(at('all/report.json'), 'utf8')) as RobustnessReport).request).not.toHaveProperty('shard');
  });

  test.each([['0.2', 'held', 0], ['0.8', 'missed', 1]])('judges it by --at-least %s: %s', async (floor, verdict, expected) => {
    const { code, stdout } = await runCli(['merge', ...shards, '--out', at(verdict), '--format', 'text', '--at-least', '1', '--at-least', floor, '--json']);
    expect([(JSON.parse(stdout) as RobustnessReport).verdict, code]).toEqual([verdict, expected]);
  });

  test.each<[string[], string]>([
    [['merge', ...shards], 'merge: expected --out DIR, a folder for the whole scan, found none'],
    [['merge', at('s2'), '--out', at('none')], 'expected all 2 shards, found 1: 1/2 missing'],
  ])('says in a line what is wrong with %o', async (args, message) => {
    expect(await runCli(args)).toMatchObject({ code: 2, stdout: '', stderr: `breakwater: ${message}\n` });
  });
});
