import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadTf } from '../../models/tfjs/tf.ts';
import type { ScanRequest } from '../../src/plan/plan.ts';
import { planOf } from '../../src/plan/plan.ts';
import { scan } from '../../src/plan/scan.ts';
import { scanText } from '../../src/report/text.ts';
import { folderWith } from '../datasets/idxFiles.ts';
import { saveModel } from '../support/saveModel.ts';

/** The model below says 1 where a > 0.5: an epsilon of 0.1 turns those within 0.1 of it. */
const rows = ['0.9,west,1', '0.55,west,1', '0.2,north,0', '0.1,north,0', '0.45,east,0', '0.7,east,0'];
const folder = folderWith({
  'table.csv': `a,place,y\n${rows.join('\n')}\n`,
  'plain.csv': `a,y\n${rows.map((row) => row.replace(/,[a-z]+/, '')).join('\n')}\n`,
  'groups.txt': '\ufeffwest\r\nwest\r\nnorth\r\nnorth\r\neast\r\neast\r\n',
  'short.txt': 'west\nwest\n',
  'holes.txt': 'west\n\nnorth\n',
  'many.txt': Array.from({ length: 1001 }, (_, i) => `g${i}\n`).join(''),
});
const at = (name: string) => join(folder, name);
const request = (more: ScanRequest): ScanRequest => ({ model: at('model'), data: `csv:${at('plain.csv')}`, label: 'y', attacks: 'fgsm', epsilon: 0.1, workers: 0, ...more });
const inTable = { data: `csv:${at('table.csv')}`, groups: 'column:place' };

beforeAll(async () => {
  const tf = await loadTf();
  const net = tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 2, activation: 'softmax' })] });
  net.setWeights([tf.tensor2d([-1, 1], [1, 2]), tf.tensor1d([0.5, -0.5])]);
  await saveModel(net, at('model'));
});

describe('the figures of groups', () => {
  const expected = [
    { group: 'east', total: 2, cleanAccuracy: 0.5, robustAccuracy: 0 },
    { group: 'north', total: 2, cleanAccuracy: 1, robustAccuracy: 1 },
    { group: 'west', total: 2, cleanAccuracy: 1, robustAccuracy: 0.5 },
  ];

  test.each([
    ['a file with a name for each example', { groups: at('groups.txt') }],
    ['a column that the model does not see', inTable],
  ])('of %s, by name', async (_, more) => {
    expect((await scan(request(more))).perGroup).toEqual(expected);
  });

  test('go by the place of an example in the data, whatever is selected of it', async () => {
    const { perGroup } = await scan(request({ groups: at('groups.txt'), offset: 3, limit: 2 }));
    expect(perGroup).toEqual([
      { group: 'east', total: 1, cleanAccuracy: 1, robustAccuracy: 0 },
      { group: 'north', total: 1, cleanAccuracy: 1, robustAccuracy: 1 },
    ]);
  });

  test('are shown, and held against thresholds', async () => {
    const report = await scan(request({ groups: at('groups.txt'), thresholds: { worstGroup: 0.9, groupGap: 0.9 } }));
    expect(report).toMatchObject({
      gates: [
        { id: 'worst-group', figure: 0, where: ['east'] },
        { id: 'group-gap', figure: 1, where: ['north', 'east'] },
      ],
      confidence: 0.95,
      verdict: 'inconclusive',
    });
    expect(scanText(report)).toMatch(/^group +examples +clean +worst case\neast +2 +50\.0 % +0\.0 %$/m);
    expect(scanText(report)).toMatch(/^worst group: east +at least 90\.0 % +0\.0 % /m);
  });

  test('leave their thresholds open where no example of a group was selected', async () => {
    const northAlone = { groups: at('groups.txt'), offset: 2, limit: 2 }; // both robust
    const { gates, perGroup, verdict } = await scan(request({ ...northAlone, confidence: 0.5, thresholds: { worstGroup: 0.1, groupGap: 0.95 } }));
    expect([perGroup?.map(({ group }) => group), verdict]).toEqual([['north'], 'inconclusive']);
    expect(gates).toMatchObject([{ id: 'worst-group', interval: [0, 1], status: 'inconclusive' }, { id: 'group-gap', status: 'inconclusive' }]);
  });

  test('are absent where no groups were given', async () => {
    expect(await scan(request({}))).not.toHaveProperty('perGroup');
  });
});

describe('groups that do not fit are refused in one line', () => {
  test.each<[ScanRequest, string]>([
    [{ groups: at('short.txt') }, `${at('short.txt')}: expected 6 names, one for each example of csv:${at('plain.csv')}, found 2`],
    [{ groups: at('holes.txt') }, `${at('holes.txt')}: line 2: expected the name of a group, found none`],
    [{ groups: at('many.txt') }, `${at('many.txt')}: expected at most 1,000 different groups, found more by line 1001`],
    [{ groups: at('none.txt') }, `${at('none.txt')}: no such file`],
    [{ ...inTable, groups: 'column:plce' }, "'plce': did you mean place?"],
    [{ data: `idx:${at('a')},${at('b')}`, label: undefined as never, groups: 'column:place' }, 'groups: expected a reader that takes it (csv), found idx'],
  ])('%#', async (more, message) => {
    await expect(scan(request(more))).rejects.toThrow(message);
  });

  test.each(['', 'column:'])("'%s'", (groups) => {
    expect(() => planOf({ groups })).toThrow(`groups: expected a file of names, one per line, or column:NAME, found '${groups}'`);
  });
});
