import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SampleRecord } from '../../src/core/record.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import { attacks } from '../../attacks/index.ts';
import { unknownName } from '../../src/core/errors.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { runCli } from './runCli.ts';
import { saveTinyModel } from './tinyModel.ts';

/** First pixels, so distances to the boundary, of 1, 0.6, 0.4, 0 and 1; the last is labelled wrongly. */
const images = idxBytes([5, 2, 3], [255, 153, 102, 0, 255].flatMap((first) => [first, 128, 128, 128, 128, 128]));
const labels = idxBytes([5], [1, 1, 0, 0, 0]);

const folder = folderWith({ 'images.gz': images, labels });
const model = saveTinyModel(join(folder, 'model'));
const data = `idx:${join(folder, 'images.gz')},${join(folder, 'labels')}`;
const scan = ['scan', model, '--data', data, '--epsilon', '0.2'];

function reportIn(text: string): RobustnessReport {
  return JSON.parse(text) as RobustnessReport;
}

describe('breakwater scan', () => {
  test('prints the closed-form result of a linear model as a table and a sentence', async () => {
    const { code, stdout, stderr } = await runCli([...scan, '--quiet']);
    expect(stderr).toBe('');
    expect(stdout).toContain('(2×3×1 to 2 classes, 14 parameters)');
    expect(stdout).toMatch(/^clean +80\.0 % +28\.4–99\.5 %$/m);
    expect(stdout).toMatch(/^fgsm +40\.0 % +5\.3–85\.3 % +∞ /m);
    expect(stdout).toMatch(/^pgd +40\.0 % /m);
    expect(stdout).toMatch(/^worst case +40\.0 % +5\.3–85\.3 %$/m);
    expect(stdout).toContain('2 of 5 examples (40.0 %, 95 % interval 5.3–85.3 %) survived fgsm and pgd at Linf epsilon 0.2');
    expect(code).toBe(0);
  });

  test('prints the report with --json, and the same into --out, beside text and samples', async () => {
    const out = join(folder, 'out', 'first');
    const { code, stdout, stderr } = await runCli([...scan, '--json', '--out', out]);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/tensorflow/i);
    expect(reportIn(stdout)).toMatchObject({
      schemaVersion: 1,
      clean: { correct: 4, total: 5 },
      attacks: [{ name: 'fgsm', robustAccuracy: 0.4, errors: 0 }, { name: 'pgd', robustAccuracy: 0.4, errors: 0 }],
      worstCase: { robustAccuracy: 0.4 },
      dataset: { spec: data, examples: 5, classHistogram: [3, 2] },
      verdict: 'measured',
    });
    expect(readdirSync(out).sort()).toEqual(['gallery.json', 'report.html', 'report.json', 'report.txt', 'samples.jsonl', 'scan.json']);
    expect(reportIn(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(reportIn(stdout));
    expect(readFileSync(join(out, 'report.txt'), 'utf8')).toContain('2 of 5 examples');
    const lines = readFileSync(join(out, 'samples.jsonl'), 'utf8').trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line) as SampleRecord);
    const outcomes = Object.fromEntries(records.filter(({ attack }) => attack.startsWith('pgd')).map(({ id, outcome }) => [id, outcome]));
    expect(outcomes).toEqual({ 0: 'survived', 1: 'broken', 2: 'broken', 3: 'survived', 4: 'wrong' });
    expect(records).toHaveLength(10);
  });

  test('finds model and data by their flags, scans the part that is asked for, in either thread', async () => {
    const part = ['--offset', '1', '--limit', '2', '--attack', 'bim(steps=5)', '--norm', 'l2', '--workers', '0', '--json', '--quiet'];
    const { stdout } = await runCli(['scan', '--model', join(model, 'model.json'), '--data', data, '--epsilon', '1/5', ...part]);
    expect(reportIn(stdout)).toMatchObject({
      dataset: { examples: 2 },
      threat: { norm: 'l2', epsilon: 0.2 },
      attacks: [{ name: 'bim', norm: 'l2', robustAccuracy: 0 }],
    });
  });

  test('hands the model pixels in the range it expects, and says so in the report', async () => {
    const { stdout } = await runCli([...scan, '--range', '-1..1', '--attack', 'fgsm', '--json', '--quiet']);
    // 2x − 1 passes one half from x = 0.75 on, so 0.6 is misclassified and 1 has a distance of 0.25.
    expect(reportIn(stdout)).toMatchObject({ model: { preprocessing: { range: [-1, 1] } }, clean: { correct: 3 }, worstCase: { robustAccuracy: 0.6 } });
  });

  test('measures several epsilons, smallest perturbations and what keeps to no ball in one run', async () => {
    const mixed = ['--attack', 'fgsm,deepfool,rotation-translation(rotations=3)', '--epsilon', '0.3,0.05', '--json', '--quiet'];
    const { stdout, stderr } = await runCli(['scan', model, '--data', data, ...mixed]);
    expect(stderr).toBe('');
    const { attacks: rows, curve, threat, worstCase } = reportIn(stdout);
    expect(threat.epsilon).toBe(0.3);
    expect(rows.map(({ name, norm, epsilon }) => [name, norm, epsilon])).toEqual([
      ['fgsm', 'linf', 0.05],
      ['fgsm', 'linf', 0.3],
      ['deepfool', 'linf', 0.05],
      ['deepfool', 'linf', 0.3],
      ['rotation-translation', 'none', null],
    ]);
    expect(curve!.filter(({ attack }) => attack === 'worst case').at(-1)).toMatchObject({ epsilon: 0.3, robustAccuracy: worstCase.robustAccuracy });
    const whole = await runCli(['scan', model, '--data', data, '--attack', 'fgsm', '--epsilon', '0.3', '--curve', '--json', '--quiet']);
    expect(reportIn(whole.stdout).curve!.slice(0, 5).map(({ epsilon }) => epsilon)).toEqual([0.3 / 8, 0.3 / 4, 0.3 / 2, 0.3 * 0.75, 0.3]);
  });

  test('gives the same figures for the same seed', async () => {
    const seeded = [...scan, '--shuffle', '--limit', '3', '--attack', 'pgd,uniform-noise(draws=3)', '--seed', '5', '--json', '--quiet'];
    const runs = await Promise.all([runCli(seeded), runCli([...seeded, '--workers', '0'])]);
    const [a, b] = runs.map(({ stdout }) => reportIn(stdout));
    expect(a?.dataset).toEqual(b?.dataset);
    const untimed = (report: RobustnessReport | undefined) => report?.attacks.map((row) => ({ ...row, seconds: 0 }));
    expect(untimed(a)).toEqual(untimed(b));
  });

  test.each([
    ['held', '0.05', 0],
    ['missed', '0.9', 1],
    ['inconclusive', '0.4', 3],
  ])('says %s when --at-least is %s of an interval 0.053–0.853, and exits %i', async (verdict, floor, expected) => {
    const { code, stdout } = await runCli([...scan, '--at-least', floor, '--json', '--quiet']);
    expect(reportIn(stdout).verdict).toBe(verdict);
    expect(code).toBe(expected);
  });

  test('ends with 130 on Ctrl-C, in order', async () => {
    const endless = ['scan', '--attack', 'pgd(steps=1000,restarts=1000,stopWhenFooled=false)', '--json'];
    const { code, stdout, stderr } = await runCli(endless, (child) => {
      child.stderr?.once('data', () => child.kill('SIGINT'));
    });
    expect(stderr).toMatch(/^breakwater: interrupted: nothing was run yet$/m);
    expect(stdout).toBe('');
    expect(code).toBe(130);
  });
});

describe('breakwater refuses in one line, exits 2 and writes nothing:', () => {
  const [imagesPath, labelsPath] = [join(folder, 'images.gz'), join(folder, 'labels')];
  const other = folderWith({
    'truncated.gz': images.subarray(0, 30),
    text: 'no images at all',
    four: idxBytes([4], [1, 1, 0, 0]),
    high: idxBytes([5], [1, 1, 0, 0, 2]),
  });
  const at = (name: string) => join(other, name);
  const models = {
    large: saveTinyModel(at('large'), { inputShape: [28, 28, 1] }),
    short: saveTinyModel(at('short'), { weights: [1, 2, 3] }),
    long: saveTinyModel(at('long'), { weights: Array<number>(15).fill(1) }),
    nan: saveTinyModel(at('nan'), { weights: [NaN, ...Array<number>(13).fill(1)] }),
    overflow: saveTinyModel(at('overflow'), { weights: Array<number>(14).fill(3e38) }),
    unknown: saveTinyModel(at('unknown'), { layerClass: 'Flattten' }),
  };
  const withData = (spec: string) => ['scan', model, '--data', spec, '--epsilon', '0.2'];
  const withModel = (path: string) => ['scan', path, '--data', data, '--epsilon', '0.2'];

  test('what is wrong, also after Ctrl-C', async () => {
    const { code, stderr } = await runCli(['scan', models.overflow, '--data', data], (child) => {
      child.stderr?.once('data', () => child.kill('SIGINT'));
    });
    expect(stderr).toMatch(/^breakwater: .*the model gives logits that are not finite/m);
    expect(code).toBe(2);
  });

  test.each<[string, string[], string]>([
    ['missing data', withData(at('absent')), `${at('absent')}: no such file or folder`],
    ['a name that would steer the terminal', withData('idx:\u001b[2J\n,b'), '\\u001b[2J\\u000a: no such file'],
    ['a missing labels file', withData(`idx:${imagesPath},${at('absent')}`), `${at('absent')}: no such file`],
    ['a wrong magic', withData(`idx:${at('text')},${labelsPath}`), `${at('text')}: expected magic 0x803 or 0x804, found 0x6e6f2069`],
    ['a truncated file', withData(`idx:${at('truncated.gz')},${labelsPath}`), `${at('truncated.gz')}: truncated: expected 46 bytes for 5 images of 2×3, found 30`],
    ['swapped files', withData(`idx:${labelsPath},${imagesPath}`), `${labelsPath}: expected magic 0x803 or 0x804, found 0x801 (are these the labels?)`],
    ['counts that differ', withData(`idx:${imagesPath},${at('four')}`), `${imagesPath}: 5 images but 4 labels in ${at('four')}`],
    ['a label beyond the classes', withData(`idx:${imagesPath},${at('high')}`), `idx:${imagesPath},${at('high')}: example 4 has label 2, expected 0 to 1 as the model has 2 classes`],
    ['an unknown reader', withData('idxx:a,b'), "unknown reader 'idxx': did you mean idx? known are idx, npy, npz, csv, images, fashion-mnist"],
    ['a missing model', withModel(at('absent')), `${at('absent')}: no such file or folder; expected a saved model`],
    ['a model of another shape', withModel(models.large), `${models.large} takes examples of shape [28, 28, 1], ${data} has [2, 3, 1]`],
    ['weights that are short', withModel(models.short), `${models.short}/model.json: weights are too short: weights.bin should hold 56 bytes, found 12`],
    ['weights that are long', withModel(models.long), `${models.long}/model.json: weights are too long: weights.bin should hold 56 bytes, found 60`],
    ['weights that are NaN', withModel(models.nan), `${models.nan}/model.json: weight dense/kernel holds NaN at position 0`],
    ['outputs that overflow', withModel(models.overflow), 'the model gives logits that are not finite for examples within bounds'],
    ['an unknown layer', withModel(models.unknown), `${models.unknown}/model.json: unknown layer 'Flattten': TF.js has none of this name`],
    ['an unknown attack', [...scan, '--attack', 'pgdd'], unknownName('attack', 'pgdd', Object.keys(attacks)).message],
    ['an unknown option', [...scan, '--attack', 'pgd(step=3)'], "unknown option of pgd 'step': did you mean steps? known are steps, stepSize, loss, draws, restarts, projection, randomStart, stopWhenFooled"],
    ['a wrong option', [...scan, '--attack', 'pgd(steps=-3)'], 'pgd: steps: expected a whole number ≥ 1, found "-3"'],
    ['an unknown norm', [...scan, '--norm', 'l3'], "unknown norm 'l3': did you mean l2? known are l2, l1, l0, linf"],
    ['an epsilon of 0', ['scan', model, '--data', data, '--epsilon', '0'], 'epsilon 0: expected a number > 0 and at most 1, the diameter of the box in linf'],
    ['an epsilon beyond the box', ['scan', model, '--data', data, '--epsilon', '1.5'], 'epsilon 1.5: expected a number > 0 and at most 1, the diameter of the box in linf'],
    ['a number that is none', [...scan, '--limit', 'ten'], "--limit: expected a number, found 'ten'"],
    ['an offset past the end', [...scan, '--offset', '5'], `offset: expected a whole number from 0 to 4 (${data}), found 5`],
    ['a class that is not there', [...scan, '--target', '7'], `target: expected a class from 0 to 1 as ${model} has 2, found 7`],
    ['an unknown format', [...scan, '--format', 'jsn'], "unknown format 'jsn': did you mean json? known are json, md, junit, text, html, sarif"],
  ])('%s', async (_, args, line) => {
    const out = join(other, 'out');
    const { code, stdout, stderr } = await runCli([...args, '--out', out, '--quiet']);
    expect(stderr).toBe(`breakwater: ${line}\n`);
    expect(stdout).toBe('');
    expect(existsSync(out)).toBe(false);
    expect(code).toBe(2);
  });
});

test('an unknown flag is answered with the nearest one', async () => {
  const { code, stderr } = await runCli([...scan, '--epsilom=1']);
  expect(stderr).toMatch(/^breakwater: unknown flag '--epsilom': did you mean --epsilon\? known are --epsilon, .*--batch-size.*\n$/);
  expect(code).toBe(2);
});
