import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RobustnessReport } from '../../src/core/report.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { runCli } from './runCli.ts';
import { saveTinyModel } from './tinyModel.ts';

/** First pixels of 1, 0.6 and 0.4, at distances of 0.5, 0.1 and 0.1 from the model's boundary; the first label is wrong. */
const images = idxBytes([3, 2, 3], [255, 153, 102].flatMap((first) => [first, 128, 128, 128, 128, 128]));
const folder = folderWith({ images, labels: idxBytes([3], [0, 1, 0]) });
const model = saveTinyModel(join(folder, 'model'));
const data = `idx:${join(folder, 'images')},${join(folder, 'labels')}`;
const scan = ['scan', model, '--data', data, '--epsilon', '0.2', '--attack', 'fgsm,pgd(steps=5)', '--no-cache', '--quiet'];

describe('breakwater scan', () => {
  test('--save-examples leaves images and values beside the report', async () => {
    const out = join(folder, 'saved');
    const { code } = await runCli([...scan, '--out', out, '--save-examples', '2']);
    expect(code).toBe(0);
    const names = ['0-clean', '1-clean', '1-fgsm', '1-pgd-steps=5'];
    expect(readdirSync(join(out, 'examples')).sort()).toEqual(names.flatMap((name) => [`${name}.npz`, `${name}.png`]));
  });

  test("--labels predicted measures stability, and says so: the first example's label does not matter", async () => {
    const out = join(folder, 'stable');
    const { code, stdout } = await runCli([...scan, '--labels', 'predicted', '--at-least', '0.001', '--out', out]);
    expect(stdout).toMatch(/^ +stability +95 % interval/m);
    expect(stdout).toMatch(/^clean +100\.0 % +by definition$/m);
    expect(stdout).toMatch(/^worst case +33\.3 % /m);
    expect(stdout).toContain('1 of 3 examples (33.3 %, 95 % interval 0.8–90.6 %) survived fgsm and pgd at Linf epsilon 0.2; this is stability');
    expect(stdout).not.toMatch(/accuracy/i);
    expect(code).toBe(0);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as RobustnessReport;
    expect(report).toMatchObject({ measure: 'stability', clean: { accuracy: 1 }, worstCase: { robustAccuracy: 1 / 3 }, verdict: 'held' });
  });
});
