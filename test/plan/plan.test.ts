import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/core/dataset.ts';
import { UserError } from '../../src/core/errors.ts';
import type { ScanRequest } from '../../src/plan/plan.ts';
import { planOf } from '../../src/plan/plan.ts';

const openTable: Dataset = { spec: 'csv:open.csv', shape: [2], kind: 'table', bounds: { lower: 0, upper: 1 }, count: 1, read: () => Readable.from([]) };

const attacksOf = (request: ScanRequest) => planOf(request).attacks.map(({ label, options }) => ({ label, options }));

test('an empty request is FGSM and PGD in Linf', () => {
  expect(planOf({})).toMatchObject({ norm: 'linf', seed: 0, engine: 'auto', selection: { seed: 0 } });
  expect(attacksOf({}).map(({ label }) => label)).toEqual(['fgsm', 'pgd']);
});

test('thresholds go by the labels of the attacks; a name alone will do where it is the only one', () => {
  const asked = { clean: 0.9, worstCase: 0, worstClass: 1 };
  expect(planOf({ attacks: 'pgd(steps=5)', thresholds: { ...asked, robust: { pgd: 0.4 } } }).thresholds).toEqual({ ...asked, robust: { 'pgd(steps=5)': 0.4 } });
  expect(planOf({ attacks: 'pgd,pgd(steps=5)', thresholds: { robust: { pgd: 0.4 } } }).thresholds).toEqual({ robust: { pgd: 0.4 } });
  expect(planOf({ attacks: 'corruption,fgsm', thresholds: { robust: { corruption: 0.4 } } }).thresholds).toEqual({ robust: { corruption: 0.4 } });
  expect(planOf({ atLeast: 0.4 })).toMatchObject({ thresholds: { worstCase: 0.4 }, confidence: 0.95 });
  expect(planOf({}).thresholds).toEqual({});
});

describe('attacks', () => {
  test('are read from text as from objects', () => {
    const text = attacksOf({ attacks: ' fgsm , pgd ( steps = 100, restarts=5) ' });
    const objects = attacksOf({
      attacks: [
        { name: 'fgsm', options: {} },
        { name: 'pgd', options: { steps: 100, restarts: 5 } },
      ],
    });
    expect(text).toEqual(objects);
    expect(text[1]).toMatchObject({ label: 'pgd(steps=100,restarts=5)', options: { steps: 100, restarts: 5, randomStart: true } });
  });

  test('of the same text are told apart, and draw other numbers', () => {
    const { attacks } = planOf({ attacks: 'pgd,pgd,pgd(steps=3)' });
    expect(attacks.map(({ label, repeat }) => [label, repeat])).toEqual([
      ['pgd', 0],
      ['pgd#2', 1],
      ['pgd(steps=3)', 2],
    ]);
  });
});

describe('a request that cannot be is refused in one line', () => {
  test.each<[ScanRequest, string]>([
    [{ attacks: 'pdg' }, "unknown attack 'pdg': did you mean pgd? known are pgd, "],
    [{ attacks: 'toString' }, /^unknown attack 'toString': /.source],
    [{ attacks: 'pgd(steps=100' }, "attacks 'pgd(steps=100': expected , or ), found the end"],
    [{ attacks: 'pgd(steps 100)' }, "attacks 'pgd(steps 100)': expected =, found '100' at character 11"],
    [{ attacks: 'pgd(steps=)' }, "attacks 'pgd(steps=)': expected a value for steps, found ')' at character 11"],
    [{ attacks: 'pgd(=3)' }, "attacks 'pgd(=3)': expected the name of an option, each once, found '=' at character 5"],
    [{ attacks: 'pgd(steps=1,steps=2)' }, "attacks 'pgd(steps=1,steps=2)': expected the name of an option, each once, found 'steps' at character 13"],
    [{ attacks: 'pgd)' }, "attacks 'pgd)': expected , or the end, found ')' at character 4"],
    [{ attacks: 'fgsm,,pgd' }, "attacks 'fgsm,,pgd': expected a name, found ',' at character 6"],
    [{ attacks: '' }, "attacks '': expected a name, found the end"],
    [{ attacks: [] }, 'attacks: expected at least one, found none'],
    [{ attacks: 'pgd(step=3)' }, "unknown option of pgd 'step': did you mean steps? known are"],
    [{ attacks: 'pgd(steps=0)' }, 'pgd: steps: expected a whole number ≥ 1, found'],
    [{ attacks: 'pgd', norm: 'l0' }, 'pgd: expected a norm it is made for (linf, l2, l1), found l0'],
    [{ norm: 'l3' as 'l2' }, "unknown norm 'l3': did you mean l2? known are l2, l1, l0, linf"],
    [{ engine: 'tensorflw' as 'wasm' }, "unknown engine 'tensorflw': did you mean tensorflow? known are tensorflow,"],
    [{ epsilon: 'big' }, "epsilon: expected a number or a fraction such as 8/255, or several between commas, found 'big'"],
    [{ epsilon: NaN }, "epsilon: expected a number or a fraction such as 8/255, or several between commas, found 'NaN'"],
    [{ limit: 0 }, 'limit: expected a whole number from 1, found 0'],
    [{ offset: -1 }, 'offset: expected a whole number from 0, found -1'],
    [{ seed: 0.5 }, 'seed: expected a whole number from 0, found 0.5'],
    [{ batchSize: 0 }, 'batchSize: expected a whole number from 1, found 0'],
    [{ workers: -2 }, 'workers: expected a whole number from 0, found -2'],
    [{ atLeast: 40 }, 'atLeast: expected a share from 0 to 1, found 40'],
    [{ atLeast: 0.4, thresholds: { worstCase: 0.4 } }, 'atLeast: expected it or thresholds.worstCase, found both'],
    [{ thresholds: 0.4 as never }, 'thresholds: expected an object such as { worstCase: 0.4 }, found 0.4'],
    [{ thresholds: { worstCase: '0.4' as unknown as number } }, "thresholds.worstCase: expected a share from 0 to 1, found '0.4'"],
    [{ thresholds: { clean: NaN } }, 'thresholds.clean: expected a share from 0 to 1, found NaN'],
    [{ thresholds: { worstcase: 0.4 } as object }, "unknown threshold 'worstcase': did you mean worstCase? known are worstCase,"],
    [{ thresholds: { clean: 0.9 }, labels: 'predicted' }, 'thresholds.clean: expected labels that are given, as with predicted ones the clean figure is 1 by definition'],
    [{ attacks: 'corruption', thresholds: { classGap: 0.1 } }, 'thresholds.classGap: expected an attack that keeps to the ball, as the worst case is about those, found corruption'],
    [{ thresholds: { worstGroup: 0.1 } }, 'thresholds.worstGroup: expected together with groups, which say what group each example is of'],
    [{ thresholds: { robust: 0.4 as never } }, 'thresholds.robust: expected a share for each attack, as in { pgd: 0.4 }, found 0.4'],
    [{ thresholds: { robust: { pgd: 40 } } }, 'thresholds.robust.pgd: expected a share from 0 to 1, found 40'],
    [{ thresholds: { robust: { pdg: 0.4 } } }, "unknown attack in thresholds.robust 'pdg': did you mean pgd? known are pgd, fgsm"],
    [{ attacks: 'pgd,pgd(steps=5)', thresholds: { robust: { 'pgd(steps=6)': 0.4 } } }, "unknown attack in thresholds.robust 'pgd(steps=6)': did you mean pgd(steps=5)? known are"],
    [
      { attacks: 'pgd(steps=4),pgd(steps=5)', thresholds: { robust: { pgd: 0.4 } } },
      'thresholds.robust.pgd: expected one of pgd(steps=4), pgd(steps=5), as several attacks have that name',
    ],
    [{ attacks: 'pgd(steps=4)', thresholds: { robust: { pgd: 0.4, 'pgd(steps=4)': 0.3 } } }, 'thresholds.robust: expected one share for pgd(steps=4), found two'],
    [{ confidence: 95 }, 'confidence: expected a share from 0.5 to below 1, found 95'],
    [{ target: 1.5 }, "target: expected a class number, random or least-likely, found '1.5'"],
    [{ target: 1, labels: 'predicted' }, "target: expected random or least-likely where labels are predicted, found '1'"],
    [{ labels: 'predictd' as 'given' }, "unknown kind of labels 'predictd': did you mean predicted? known are predicted, given"],
    [{ saveExamples: -1, out: 'report' }, 'saveExamples: expected a whole number from 0, found -1'],
    [{ saveExamples: 3 }, 'saveExamples: expected together with out, the folder they go to, found 3 and no folder'],
    [{ range: '1..-1' }, "range: expected LOW..HIGH such as -1..1, found '1..-1'"],
    [{ range: '255' }, "range: expected LOW..HIGH such as -1..1, found '255'"],
    [{ mean: '.5,x' }, "mean: expected one number per channel such as .485,.456,.406, found '.5,x'"],
    [{ range: [1, 1] }, "range: expected LOW..HIGH such as -1..1, found '1,1'"],
    [{ immutable: 'age,,sex' }, "immutable: expected names of columns such as age,sex, found 'age,,sex'"],
    [{ integer: [] }, "integer: expected names of columns such as age,sex, found ''"],
    [{ data: openTable, label: 'y' }, 'csv:open.csv is open already: give label to openDataset'],
    [{ atleast: 0.4 } as ScanRequest, "unknown field of a scan 'atleast': did you mean atLeast? known are atLeast,"],
  ])('%o', (request, message) => {
    const refused = () => planOf(request);
    expect(refused).toThrow(UserError);
    expect(refused).toThrow(message.startsWith('^') ? new RegExp(message) : message);
  });
});

test('preprocessing is read from text or numbers', () => {
  expect(planOf({ range: '-1..1', mean: '.485, .456,.406', std: [0.2, 0.2, 0.2] }).preprocessing).toEqual({
    range: [-1, 1],
    mean: [0.485, 0.456, 0.406],
    std: [0.2, 0.2, 0.2],
  });
});

test('what concerns the reader is gathered, columns from text or names', () => {
  expect(planOf({ classes: 'names.txt', skipUnreadable: true, label: 'y', bounds: 'age=0..99', immutable: 'age, sex', integer: ['age'] }).reader).toEqual({
    classes: 'names.txt',
    skipUnreadable: true,
    label: 'y',
    bounds: 'age=0..99',
    immutable: ['age', 'sex'],
    integer: ['age'],
  });
  expect(planOf({ skipUnreadable: false }).reader).toEqual({});
});

test('a fraction is a number', () => {
  expect(planOf({ epsilon: '8/255' }).epsilons).toEqual([8 / 255]);
});
