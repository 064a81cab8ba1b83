import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../datasets/index.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import { UserError } from '../../src/core/errors.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import type { ScanRequest } from '../../src/plan/plan.ts';
import { scan } from '../../src/plan/scan.ts';
import { folderWith } from '../datasets/idxFiles.ts';
import { saveModel } from '../support/saveModel.ts';
import { runCli } from './runCli.ts';

/**
 * The model below says yes where age + hours + 50 sex + 2 share > 100.5. Within 2.5 per column age and hours give 4
 * as whole numbers and 5 else, the share all that it holds, and the sex 50 where it may change.
 */
const rows = [
  '40,1,14,0.6,yes', // 3.5 beyond without its share: whole numbers are enough
  '40,1,15,0.6,yes', // 4.5: only fractions would be
  '80,0,26,0.5,yes', // 5.5: nothing is, but another sex is no help either
  '40,0,10,0.5,no', // 51 below: a change of sex would be enough
  '80,1,50,0.5,no', // labelled wrongly
];
const folder = folderWith({ 'people.csv': `age,sex,hours,share,income\r\n${rows.join('\r\n')}\r\n` });
const data = join(folder, 'people.csv');
const model = join(folder, 'model');
const table = ['scan', model, '--data', data, '--label', 'income', '--bounds', '0..1,age=17..90,hours=0..99', '--epsilon', '2.5'];

beforeAll(async () => {
  const tf = await loadTf();
  const net = tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units: 2, activation: 'relu' }), tf.layers.dense({ units: 2, activation: 'softmax' })] });
  net.setWeights([
    tf.tensor2d([1, -1, 50, -50, 1, -1, 2, -2], [4, 2]),
    tf.tensor1d([-100.5, 100.5]),
    tf.tensor2d([-1, 1, 1, -1], [2, 2]),
    tf.tensor1d([0, 0]),
  ]);
  await saveModel(net, model);
});

/** The same scan in this process and thread. */
const here = (change: ScanRequest) =>
  scan({ model, data, label: 'income', bounds: '0..1,age=17..90,hours=0..99', epsilon: 2.5, workers: 0, ...change });

describe('a scan of a table', () => {
  test('holds immutable columns and whole numbers, in worker threads too', async () => {
    const columns = ['--immutable', 'sex', '--integer', 'age, hours', '--attack', 'fgsm,pgd(restarts=2,loss=margin)'];
    const { code, stdout, stderr } = await runCli([...table, ...columns, '--json', '--quiet']);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as RobustnessReport;
    expect(report).toMatchObject({
      clean: { correct: 4, total: 5 },
      attacks: [{ name: 'fgsm', robustAccuracy: 0.6 }, { name: 'pgd', robustAccuracy: 0.6 }],
      dataset: { spec: `csv:${data}`, classHistogram: [2, 3], classNames: ['no', 'yes'] },
      threat: { norm: 'linf', epsilon: 2.5, bounds: 'per column', immutable: ['sex'], integer: ['age', 'hours'] },
    });
    expect(report.engine.workers).toBeGreaterThan(0);
    expect(code).toBe(0);
    const { worstCase } = await here({ attacks: 'fgsm,pgd(restarts=2,loss=margin)', immutable: ['sex'], integer: ['age', 'hours'] });
    expect(worstCase).toEqual(report.worstCase);
  });

  test('is not vouched for where the model pulls at immutable columns only', async () => {
    const { checks, verdict } = await here({ attacks: 'pgd', immutable: ['age', 'sex', 'hours', 'share'] });
    expect(checks.find(({ id }) => id === 'gradients-exist')).toMatchObject({ status: 'fail', value: 1 });
    expect(verdict).toBe('inconclusive');
  });

  test('finds more where columns are free', async () => {
    expect((await here({ immutable: 'sex' })).worstCase.robustAccuracy).toBe(0.4);
    expect((await here({ integer: 'age,hours' })).worstCase.robustAccuracy).toBe(0.2);
  });

  test('takes any number of names where the model labels the examples', async () => {
    const three = join(folderWith({ 'three.csv': `age,sex,hours,share,y\n${['a', 'b', 'c'].map((name) => `40,1,14,0.6,${name}`).join('\n')}\n` }), 'three.csv');
    expect(await here({ data: three, label: 'y', labels: 'predicted', immutable: 'sex' })).toMatchObject({ measure: 'stability', clean: { total: 3 } });
    await expect(here({ data: three, label: 'y' })).rejects.toThrow(`${three}: column 'y': expected 2 different names as the model has 2 classes, found 3 (a, b, c); `);
  });

  test('says how names are numbered, and which columns are not free', async () => {
    const { stdout, stderr } = await runCli([...table, '--immutable', 'sex', '--integer', 'age']);
    expect(stderr).toContain(`${data}: column 'income': classes are numbered from 0 in the order of their names: no, yes\n`);
    expect(stdout).toMatch(/^threat {2}Linf, epsilon 2\.5, bounds per column, immutable sex, whole numbers age$/m);
  });

  test('refuses a dataset of the caller whose whole numbers are none', async () => {
    const opened = await openDataset(data, { label: 'income', bounds: '0..99' });
    const columns = { names: opened.columns!.names, immutable: new Uint8Array(4), integer: Uint8Array.of(1, 1, 1, 1) };
    await expect(scan({ model, data: { ...opened, columns }, epsilon: 1, workers: 0 })).rejects.toThrow(
      new UserError(`csv:${data}: example 0: expected a whole number in column 'share', found 0.6000000238418579`),
    );
  });

  test.each<[string, ScanRequest, string]>([
    ['no epsilon', { epsilon: undefined!, norm: 'l2' }, 'epsilon: expected a number, found none, and there is no default for tables in l2'],
    ['an unknown column', { immutable: 'sexe' }, `unknown column of ${data} 'sexe': did you mean sex? known are sex, age, share, hours`],
    ['a value outside its bounds', { bounds: 'age=17..90' }, `${data}: line 2, column 'hours': expected a value within its bounds [0, 1], found '14'`],
    ['fractions among whole numbers', { integer: 'share' }, `${data}: line 2, column 'share': expected a whole number, found '0.6'`],
    ['another reader’s option', { skipUnreadable: true }, 'skipUnreadable: expected a reader that takes it (images), found csv'],
  ])('refuses %s in one line', async (_, change, line) => {
    await expect(here(change)).rejects.toThrow(new UserError(line));
  });
});
