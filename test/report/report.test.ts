import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { Gate, RobustnessReport } from '../../src/core/report.ts';
import { attackLabels } from '../../src/report/attackLabels.ts';
import { distance, duration, epsilonText, interval, percent } from '../../src/report/figures.ts';
import { asJson } from '../../src/report/json.ts';
import { sentence } from '../../src/report/sentence.ts';
import { scanText } from '../../src/report/text.ts';
import { writeReports } from '../../src/report/write.ts';
import { exampleReport } from './exampleReport.ts';

const hostile: RobustnessReport = {
  ...exampleReport,
  model: { ...exampleReport.model, path: 'evil\u001b]0;title\u0007\u202e\n.json' },
};

describe('the text report', () => {
  test('shows what was tested, a table, what asks for attention, and one sentence', () => {
    expect(scanText(exampleReport)).toBe(`\
model   models/cnn/model.json (28×28×1 to 10 classes, 421,642 parameters)
data    fashion-mnist:test (2,000 examples)
threat  Linf, epsilon 8/255, bounds [0, 1]
engine  onnxruntime 1.30.0, 2 workers of 1 thread; compiled and verified
run     seed 0, 4.3 s

            accuracy  95 % interval  median distance  queries   time
clean         90.0 %    88.6–91.3 %
fgsm          62.5 %    60.3–64.6 %                ∞    3,600  0.5 s
pgd            3.2 %      2.5–4.1 %           0.0314   41,800  3.5 s
worst case     3.2 %      2.5–4.1 %

warn  A gradient-free attack is among those run: no. Add one.

64 of 2,000 examples (3.2 %, 95 % interval 2.5–4.1 %) survived fgsm and pgd at Linf epsilon 8/255; without an attack the model is right on 90.0 %.
The intervals cover the choice of examples only, not the chance that a stronger attack exists.
`);
  });

  test('says how often a targeted attack reached its class', () => {
    const attacks = exampleReport.attacks.map((row) => ({ ...row, targetedSuccessRate: 0.125 }));
    const lines = scanText({ ...exampleReport, attacks }).split('\n');
    expect(lines.find((line) => line.startsWith('  '))).toMatch(/time +reached target$/);
    expect(lines.find((line) => line.startsWith('pgd'))).toMatch(/3\.5 s +12\.5 %$/);
  });

  test.each([
    [3, 'class 3'],
    ['random', 'a random class'],
    ['least-likely', 'the least likely class'],
  ] as const)('says that attacks aimed at %s', (target, name) => {
    const shown = scanText({ ...exampleReport, threat: { ...exampleReport.threat, target } });
    expect(shown).toContain(`threat  Linf, epsilon 8/255, bounds [0, 1], aimed at ${name}`);
    expect(shown).toContain(`survived fgsm and pgd at Linf epsilon 8/255 aimed at ${name};`);
  });

  test('shows the 8-bit figures where they differ, as shown', () => {
    const rounded = (...shares: number[]) => ({
      ...exampleReport,
      attacks: exampleReport.attacks.map((row, i) => ({ ...row, robustAccuracy8bit: shares[i]! })),
      worstCase: { ...exampleReport.worstCase, robustAccuracy8bit: 0.05 },
    });
    const differing = scanText(rounded(0.625, 0.055)).split('\n');
    expect(differing.find((line) => line.startsWith('fgsm'))).toMatch(/0\.5 s +62\.5 %$/);
    expect(differing.find((line) => line.startsWith('pgd'))).toMatch(/3\.5 s +5\.5 %$/);
    expect(differing.find((line) => line.startsWith('worst case'))).toMatch(/2\.5–4\.1 % +5\.0 %$/);
    expect(scanText(rounded(0.6252, 0.032))).toBe(scanText(exampleReport));
  });

  describe('of many attacks', () => {
    const [fgsm, pgd] = exampleReport.attacks;
    const members = [
      { name: 'apgd-ce', evaluated: 1800, broken: 1700 },
      { name: 'square', evaluated: 100, broken: 36 },
    ];
    const ensemble = { ...pgd!, name: 'autoattack', options: {}, members };
    const turned = { ...fgsm!, name: 'rotation', norm: 'none', epsilon: null, medianDistance: null } as const;
    const at = (epsilon: number, ...robust: number[]) =>
      ['fgsm', 'pgd(steps=40)', 'worst case'].map((attack, i) => ({ attack, epsilon, robustAccuracy: robust[i]!, interval: [0, 1] as const }));
    const curve = [...at(2 / 255, 0.8, 0.75, 0.75), ...at(8 / 255, 0.625, 0.032, 0.032)];

    test('shows what each member of an ensemble left, below it', () => {
      const lines = scanText({ ...exampleReport, attacks: [ensemble] }).split('\n');
      const start = lines.findIndex((line) => line.startsWith('autoattack'));
      expect(lines.slice(start, start + 3).map((line) => line.replace(/ +/g, ' '))).toEqual([
        'autoattack 3.2 % 2.5–4.1 % 0.0314 41,800 3.5 s',
        ' apgd-ce 5.0 % 1,700 of 1,800',
        ' square 3.2 % 36 of 100',
      ]);
    });

    test('shows accuracy against epsilon as a small table, and the rows at the largest above it', () => {
      const smaller = exampleReport.attacks.map((row) => ({ ...row, epsilon: 2 / 255 }));
      const shown = scanText({ ...exampleReport, attacks: [...smaller, ...exampleReport.attacks], curve });
      expect(shown).toContain('threat  Linf, epsilon 2/255, 8/255, bounds [0, 1]\n');
      expect(shown).toContain(`
epsilon         2/255   8/255
fgsm           80.0 %  62.5 %
pgd(steps=40)  75.0 %   3.2 %
worst case     75.0 %   3.2 %
`);
      expect(shown.match(/^fgsm /gm)).toHaveLength(2);
      expect(shown).toContain('survived fgsm and pgd at Linf epsilon 8/255 (the largest of 2);');
    });

    test('shows what keeps to no ball apart, and not in the sentence', () => {
      const shown = scanText({ ...exampleReport, attacks: [...exampleReport.attacks, turned] });
      expect(shown).toContain(`
In no ball, and apart from the worst case:
          accuracy  95 % interval  queries   time
rotation    62.5 %    60.3–64.6 %    3,600  0.5 s
`);
      expect(shown).toContain('survived fgsm and pgd at');
      const alone = scanText({ ...exampleReport, attacks: [turned] });
      expect(alone).not.toMatch(/^worst case/m);
      expect(alone).toContain('No attack kept to the ball, so that there is no worst case; without an attack the model is right on 90.0 %.');
    });

    test('counts attacks where their names would fill a line', () => {
      const attacks = Array.from({ length: 7 }, (_, i) => ({ ...pgd!, name: `attack-${i}` }));
      expect(sentence({ ...exampleReport, attacks })).toContain('survived 7 attacks at');
    });
  });

  test('shows what a check counted whole, and a share with three digits', () => {
    const found = (value: number) => ({ id: 'some', title: 'Found', status: 'fail' as const, value, advice: 'Look.' });
    const shown = scanText({ ...exampleReport, checks: [found(12_345), found(0.012345)] });
    expect(shown).toContain('fail  Found: 12,345. Look.\nfail  Found: 0.0123. Look.\n');
  });

  test('differs in colours only when colours are asked for', () => {
    const coloured = scanText(exampleReport, { colour: true });
    expect(coloured).toContain('\u001b[33mwarn');
    expect(stripVTControlCharacters(coloured).replace(/ +$/gm, '')).toBe(scanText(exampleReport));
  });

  test('says what was left out, and which columns are not free', () => {
    const dataset = { ...exampleReport.dataset, spec: 'csv:people.csv', unreadable: 3 };
    const threat = { ...exampleReport.threat, bounds: 'per column', immutable: ['sex'], integer: ['age', 'hours'] } as const;
    const lines = scanText({ ...exampleReport, dataset, threat }).split('\n');
    expect(lines[1]).toBe('data    csv:people.csv (2,000 examples; 3 unreadable, left out)');
    expect(lines[2]).toBe('threat  Linf, epsilon 8/255, bounds per column, immutable sex, whole numbers age hours');
  });

  test('lets no name steer the terminal', () => {
    expect(scanText(hostile)).toContain('evil\\u001b]0;title\\u0007\\u202e\\u000a.json');
  });
});

describe('the JSON report', () => {
  test('reads back as the report', () => {
    expect(JSON.parse(asJson(exampleReport))).toEqual(exampleReport);
  });

  test('holds no raw control character but its own line ends, and still reads back', () => {
    const text = asJson({ ...hostile, model: { ...hostile.model, path: 'a\u009bb\u2028c\u007f"\\' } });
    expect(text.replace(/\n/g, '')).toMatch(/^[\u0020-\u007e\u00a0-\u2027\u202f-\uffff]*$/);
    expect((JSON.parse(text) as RobustnessReport).model.path).toBe('a\u009bb\u2028c\u007f"\\');
  });
});

describe('the sentence', () => {
  const failed = { id: 'stronger', title: 'Iterative is at least as strong', status: 'fail', value: 1, advice: 'look' } as const;
  const [fgsm] = exampleReport.attacks;
  const clean: Gate = { id: 'clean', bound: 'at-least', threshold: 0.8, figure: 0.9, interval: [0.886, 0.913], status: 'held' };
  const floor: Gate = { id: 'worst-case', bound: 'at-least', threshold: 0.02, figure: 0.032, interval: [0.025, 0.041], status: 'held' };
  test.each<[string, Partial<RobustnessReport>]>([
    ['Held: clean accuracy at least 80.0 % and worst-case accuracy at least 2.0 %.', { verdict: 'held', gates: [clean, { ...floor, threshold: 0.02 }] }],
    ['Missed: worst-case accuracy at least 40.0 %.', { verdict: 'missed', gates: [clean, { ...floor, threshold: 0.4, status: 'missed' }] }],
    [
      'Inconclusive: the examples do not decide worst-case accuracy at least 3.0 %; more would narrow the intervals.',
      { verdict: 'inconclusive', gates: [clean, { ...floor, threshold: 0.03, status: 'inconclusive' }] },
    ],
    ['Held: 4 of 4 thresholds.', { verdict: 'held', gates: [clean, floor, clean, floor] }],
    ['Inconclusive: 1 check failed (Iterative is at least as strong).', { verdict: 'inconclusive', checks: [failed] }],
    ['Inconclusive: 2 results ended in an error.', { verdict: 'inconclusive', attacks: [{ ...fgsm!, errors: 2 }] }],
  ])('says why: %s', (expected, change) => {
    expect(sentence({ ...exampleReport, ...change })).toMatch(expected);
  });
});

test('what was asked has a line each: figure, interval, status, and what would decide or who is below', () => {
  const gates: Gate[] = [
    { id: 'robust', attack: 'pgd', bound: 'at-least', threshold: 0.03, figure: 0.032, interval: [0.025, 0.041], status: 'inconclusive', samplesToDecide: 31_000 },
    { id: 'worst-class', bound: 'at-least', threshold: 0.2, figure: 0.01, interval: [0, 0.045], status: 'missed', where: [0], below: [0, 1] },
    { id: 'class-gap', bound: 'at-most', threshold: 0.35, figure: 0.11, interval: [0.05, 0.19], status: 'held', where: [1, 0] },
  ];
  const lines = scanText({ ...exampleReport, gates, confidence: 0.99 }).split('\n');
  const from = lines.findIndex((line) => line.startsWith('gate '));
  expect(lines.slice(from, from + 4).map((line) => line.split(/ {2,}/))).toEqual([
    ['gate', 'asked for', 'figure', '99 % interval', 'status'],
    ['pgd', 'at least 3.0 %', '3.2 %', '2.5–4.1 %', 'inconclusive', '31,000 examples would decide'],
    ['worst class: class 0', 'at least 20.0 %', '1.0 %', '0.0–4.5 %', 'missed', 'below: class 0, class 1'],
    ['class gap: class 1 and class 0', 'at most 35.0 %', '11.0 %', '5.0–19.0 %', 'held'],
  ]);
  expect(scanText(exampleReport)).not.toMatch(/^gate /m);
});

describe('figures', () => {
  test('are written as people read them', () => {
    expect([8 / 255, 0.1, 0.3, 1.5, 1 / 255].map(epsilonText)).toEqual(['8/255', '0.1', '0.3', '1.5', '1/255']);
    expect([null, 0.031372, 12, 0].map(distance)).toEqual(['∞', '0.0314', '12', '0']);
    expect([0.04, 99.96, 150.4, 3700].map(duration)).toEqual(['0.0 s', '100.0 s', '2 min 30 s', '1 h 1 min']);
    expect(interval([0.0254, 1])).toBe('2.5–100.0 %');
    expect([percent(-0.075), interval([-0.134, -0.021]), interval([-0.0001, 0.02])]).toEqual(['−7.5 %', '−13.4 to −2.1 %', '0.0 to 2.0 %']);
    expect([0, 0.00005, 0.0004, 0.5, 0.9995, 0.99998, 1].map(percent)).toEqual(['0.0 %', '0.005 %', '0.04 %', '50.0 %', '99.95 %', '99.998 %', '100.0 %']);
  });

  test('name an attack by the options in which namesakes differ', () => {
    const rows = [
      { name: 'pgd', options: { steps: 40, restarts: 1 } },
      { name: 'fgsm', options: {} },
      { name: 'pgd', options: { steps: 100, restarts: 1 } },
    ];
    expect(attackLabels(rows)).toEqual(['pgd(steps=40)', 'fgsm', 'pgd(steps=100)']);
  });
});

describe('writeReports', () => {
  test('makes the folder and puts each format into its file, leaving nothing else', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'breakwater-')), 'a', 'b');
    await writeReports(folder, [{ report: exampleReport }], ['text', 'json']);
    expect(readdirSync(folder).sort()).toEqual(['report.json', 'report.txt']);
    expect(readFileSync(join(folder, 'report.txt'), 'utf8')).toBe(scanText(exampleReport));
    await writeReports(folder, [{ report: { ...exampleReport, seed: 9 } }], ['json']);
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toMatchObject({ seed: 9 });
  });

  test('says which folder it could not write', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'breakwater-')), 'file');
    writeFileSync(file, '');
    const written = writeReports(file, [{ report: exampleReport }], ['json']);
    await expect(written).rejects.toThrow(UserError);
    await expect(written).rejects.toThrow(`${file}: cannot write the report: EEXIST`);
  });
});
