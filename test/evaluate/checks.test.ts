import { describe, expect, test } from 'vitest';
import type { Knowledge } from '../../src/core/attack.ts';
import type { SampleRecord } from '../../src/core/record.ts';
import type { AttackRow, Check, Gate } from '../../src/core/report.ts';
import type { Rerun, SecondLook } from '../../src/evaluate/again/secondLook.ts';
import { Anomalies } from '../../src/evaluate/anomalies.ts';
import { runChecks } from '../../src/evaluate/checks.ts';
import type { AttackEvidence, Evidence } from '../../src/evaluate/checks.ts';
import { Strengths } from '../../src/evaluate/strengths.ts';
import { verdictOf } from '../../src/evaluate/verdict.ts';

const gate = (status: Gate['status']): Gate => ({ id: 'worst-case', bound: 'at-least', threshold: 0.5, figure: 0.5, interval: [0.4, 0.6], status });
const [held, open, missed] = [gate('held'), gate('inconclusive'), gate('missed')];
const record: SampleRecord = {
  ...{ id: 4, attack: 'pgd', label: 1, clean: 1, outcome: 'survived', forwardQueries: 0, gradientQueries: 50 },
  distances: { linf: 0.1, l2: 1, l1: 10, l0: 100 },
};
const attack = (name: string, successRate: number, knowledge: Knowledge = 'gradient'): AttackEvidence => ({
  ...({ name, successRate } as AttackRow),
  knowledge,
  singleStep: name === 'fgsm',
});
const anomaliesOf = (records: readonly SampleRecord[], epsilon = 0.1): { anomalies: Anomalies } => {
  const anomalies = new Anomalies('linf');
  for (const one of records) anomalies.add(one, epsilon);
  return { anomalies };
};
const times = (count: number, one: SampleRecord) => new Array<SampleRecord>(count).fill(one);
/** Adversarial examples that fool the original model, and ones that do not. */
const found = (fooling: number, not: number) => [...times(fooling, { ...record, outcome: 'broken' }), ...times(not, { ...record, disagreed: true })];
/** Adversarial examples that outlive rounding, and ones that do not. */
const rounded = (outliving: number, not: number) => [
  ...times(outliving, { ...record, outcome: 'broken', broken8bit: true, outside8bit: true }),
  ...times(not, { ...record, outcome: 'broken', broken8bit: false }),
];
/** Each sample by the attacks that broke it. */
const brokenBy = (...names: readonly (readonly string[])[]): { strengths: Strengths; total: number } => {
  const strengths = new Strengths();
  const knowledge: Readonly<Record<string, Knowledge>> = { pgd: 'gradient', square: 'scores', 'uniform-noise': 'label' };
  for (const [place, those] of names.entries()) {
    for (const name of those) strengths.add(place, { ...record, id: 10 * place, outcome: 'broken' }, { name, knowledge: knowledge[name]! });
  }
  return { strengths, total: 1000 };
};
const curveOf = (...accuracies: number[]): Pick<Evidence, 'curve'> => ({
  curve: ['pgd', 'worst case'].flatMap((attack) => accuracies.map((robustAccuracy, i) => ({ attack, epsilon: i + 1, robustAccuracy, interval: [0, 1] }))),
});
const certain = (share: number): Pick<Evidence, 'first'> => ({ first: { probabilities: false, certain: share, steady: true } });
const byCrossEntropy = { ...attack('pgd', 1), crossEntropy: true };
const autoattack = { ...attack('autoattack', 0.9), gradientFree: 'square' };
const sound: Evidence = {
  ...anomaliesOf([record]),
  strengths: new Strengths(),
  curve: undefined,
  total: 100,
  attacks: [attack('fgsm', 0.5), attack('pgd', 0.9), attack('square', 0.8, 'scores')],
  original: 'TF.js 4.22.0 (wasm)',
  target: undefined,
  rows: 'exact',
  first: { probabilities: false, certain: 0, steady: true },
  random: false,
  again: undefined,
  bounds: [0, 1],
  threat: { norm: 'linf', epsilon: 0.1 },
  gates: [],
};

const find = (evidence: Partial<Evidence>, id: string): Check | undefined =>
  runChecks({ ...sound, ...evidence }).find((check) => check.id === id);

test('a sound scan passes every check that applies to it; those of extra runs say that they were not run', () => {
  expect(runChecks(sound).map(({ id, status }) => `${id} ${status}`)).toEqual([
    'attack-errors pass',
    'budget-and-box pass',
    'reverified pass',
    'silent-success pass',
    'iterative-at-least-single-step pass',
    'white-box-at-least-black-box pass',
    'noise-finds-no-more not-run',
    'monotone-in-epsilon not-run',
    'gradients-exist pass',
    'logits-not-probabilities pass',
    'deterministic pass',
    'rows-independent pass',
    'more-work not-run',
    'other-losses not-run',
    'optimisation-finished not-run',
    'smooth-landscape not-run',
    'continuous not-run',
    'unbounded not-run',
    'planted-example not-run',
    'gradients-right not-run',
    'transfer not-run',
    'threat-model pass',
    'diversity pass',
  ]);
});

describe('a check', () => {
  test.each<[string, Partial<Evidence>, Check['status'], Check['value']]>([
    ['attack-errors', anomaliesOf([{ ...record, outcome: 'error', error: 'bang' }]), 'fail', 1],
    ['budget-and-box', anomaliesOf([record], 0.0999), 'fail', 1],
    ['reverified', anomaliesOf(found(199, 1)), 'pass', 1],
    ['reverified', anomaliesOf(found(198, 2)), 'fail', 2],
    ['reverified', { original: undefined }, 'not-run', null],
    ['untargeted', { target: 'least-likely' }, 'warn', 'least-likely'],
    ['eight-bit', anomaliesOf(rounded(5, 5)), 'pass', 5],
    ['eight-bit', anomaliesOf(rounded(4, 6)), 'warn', 6],
    ['silent-success', anomaliesOf([{ ...record, silentSuccess: true }]), 'fail', 1],
    ['iterative-at-least-single-step', { attacks: [attack('fgsm', 0.75), attack('pgd', 0.5)] }, 'fail', -0.25],
    ['iterative-at-least-single-step', { attacks: [attack('fgsm', 0.75), attack('deepfool', 0.5), attack('apgd-ce', 0.8)] }, 'pass', 0.8 - 0.75],
    ['white-box-at-least-black-box', brokenBy(['pgd'], ['square'], ['square', 'pgd'], ['square']), 'pass', 1],
    ['white-box-at-least-black-box', brokenBy(['square'], ['square'], ['square']), 'fail', 3],
    ['white-box-at-least-black-box', { ...brokenBy(['square'], ['square'], ['square']), total: 1500 }, 'pass', 3],
    ['white-box-at-least-black-box', { ...brokenBy(['square']), total: 10 }, 'pass', 1],
    ['white-box-at-least-black-box', { attacks: [autoattack], ...brokenBy(['pgd'], ['pgd'], ['pgd'], ['square'], ['square'], ['square']) }, 'fail', 3],
    ['noise-finds-no-more', { attacks: [attack('pgd', 1), attack('uniform-noise', 0, 'label')], ...brokenBy(['pgd', 'uniform-noise'], ['square']) }, 'pass', 0],
    ['noise-finds-no-more', { attacks: [attack('pgd', 1), attack('uniform-noise', 0, 'label')], ...brokenBy(['pgd'], ['uniform-noise']) }, 'fail', 1],
    ['monotone-in-epsilon', curveOf(0.9, 0.5, 0.5), 'pass', 0],
    ['monotone-in-epsilon', curveOf(0.9, 0.25, 0.5), 'fail', 0.25],
    ['gradients-exist', anomaliesOf([{ ...record, uselessGradients: 1 }]), 'fail', 0.02],
    ['gradients-exist', anomaliesOf([{ ...record, uselessGradients: 1, gradientQueries: 100 }]), 'pass', 0.01],
    ['logits-not-probabilities', { first: { probabilities: true, certain: 0, steady: true } }, 'warn', 'probabilities'],
    ['saturated-losses', { ...certain(0.1), attacks: [byCrossEntropy] }, 'pass', 0.1],
    ['saturated-losses', { ...certain(0.2), attacks: [byCrossEntropy] }, 'fail', 0.2],
    ['saturated-losses', { ...certain(0.2), attacks: [byCrossEntropy, attack('uniform-noise', 0, 'label')] }, 'fail', 0.2],
    ['saturated-losses', { ...certain(0.2), attacks: [byCrossEntropy, attack('apgd-t', 1)] }, 'pass', 0.2],
    ['deterministic', { random: true }, 'fail', 'random'],
    ['deterministic', { first: { probabilities: false, certain: 0, steady: false } }, 'fail', 'random'],
    ['deterministic', { random: true, attacks: [{ ...attack('pgd', 1), averages: true }] }, 'pass', 'random'],
    ['threat-model', { threat: { norm: 'linf', epsilon: 0.5 } }, 'warn', 'linf 0.5, bounds 0..1, to any wrong class, by gradient, scores'],
    ['threat-model', { threat: { norm: 'l2', epsilon: 0.5 } }, 'pass', 'l2 0.5, bounds 0..1, to any wrong class, by gradient, scores'],
    ['rows-independent', { rows: 'coupled' }, 'warn', 'coupled'],
    ['diversity', { attacks: [attack('pgd', 1), attack('uniform-noise', 0, 'label')] }, 'warn', 'none'],
    ['diversity', { attacks: [attack('hopskipjump', 1, 'label')] }, 'pass', 'hopskipjump'],
    ['kept-to-the-ball', { attacks: [] }, 'warn', 'none'],
    ['diversity', { attacks: [autoattack] }, 'pass', 'square'],
    ['sample-size', { gates: [held, open, missed] }, 'warn', '1 of 3 open'],
    ['sample-size', { gates: [held, missed] }, 'pass', 0],
  ])('%s of %o gives %s', (id, evidence, status, value) => {
    expect(find(evidence, id)).toMatchObject({ status, value });
  });

  test('that has nothing to look at is left out', () => {
    expect(find({ attacks: [attack('pgd', 1)] }, 'iterative-at-least-single-step')).toBeUndefined();
    expect(find(anomaliesOf([{ ...record, gradientQueries: 0 }]), 'gradients-exist')).toBeUndefined();
    expect(find({ attacks: [attack('fgsm', 1), attack('square', 1, 'scores')] }, 'white-box-at-least-black-box')).toBeUndefined();
    expect(find({ attacks: [attack('square', 1, 'scores'), attack('uniform-noise', 1, 'label')] }, 'noise-finds-no-more')).toBeUndefined();
    expect(find({ attacks: [] }, 'monotone-in-epsilon')).toBeUndefined();
    expect(find({ attacks: [] }, 'diversity')).toBeUndefined();
    expect(find({}, 'sample-size')).toBeUndefined();
    expect(find({}, 'eight-bit')).toBeUndefined();
  });

  test('of masked gradients lists the samples that show them', () => {
    const many = new Array<readonly string[]>(12).fill(['square']);
    expect(find(brokenBy(['pgd', 'square'], ...many), 'white-box-at-least-black-box')?.advice).toMatch(/look at samples 10, 20, 30, 40, 50, 60, 70, 80, 90, 100 and 2 more\.$/);
    const noise = { attacks: [attack('pgd', 1), attack('uniform-noise', 0, 'label')], ...brokenBy([], ['uniform-noise']) };
    expect(find(noise, 'noise-finds-no-more')?.advice).toMatch(/look at sample 10\.$/);
  });

  test('of 8 bits states how many examples leave the budget', () => {
    expect(find(anomaliesOf(rounded(99, 1)), 'eight-bit')?.advice).toMatch(/^Rounding undoes 1 of 100, and takes 99 out of the budget/);
  });

  test('of thresholds inside their intervals says how many samples would decide all', () => {
    const decided = (samplesToDecide: number) => ({ ...open, samplesToDecide });
    expect(find({ gates: [held, decided(500), decided(800), decided(300)] }, 'sample-size')?.advice).toMatch('about 800 samples would decide');
    expect(find({ gates: [decided(500), open] }, 'sample-size')?.advice).toMatch('no number of samples would decide');
  });
});

describe('a check of extra runs', () => {
  const rerun = (attack: string, ...broken: number[]): Rerun => ({ attack, broken, classes: 2 });
  /** 50 of 100 survivors of 200 examples: one that falls stands for a percent. */
  const look: SecondLook = { looked: 50, survivors: 100, moreWork: [rerun('longer'), rerun('again')] };
  test.each<[string, Partial<SecondLook>, Check['status'], Check['value']]>([
    ['more-work', { moreWork: [rerun('longer', 1), rerun('again', 1)] }, 'pass', 0.01],
    ['more-work', { moreWork: [rerun('longer', 1), rerun('again', 2)] }, 'warn', 0.02],
    ['more-work', { moreWork: [rerun('longer', 1, 2)], survivors: 50, looked: 64 }, 'warn', 2 / 64 / 4],
    ['more-work', { moreWork: [{ ...rerun('longer', 1, 2), error: 'bang' }] }, 'not-run', null],
    ['other-losses', { otherLoss: rerun('apgd-t', 1, 2) }, 'warn', 0.02],
    ['other-losses', {}, 'not-run', null],
    ['optimisation-finished', { stillRising: 0.05 }, 'pass', 0.05],
    ['optimisation-finished', { stillRising: 0.06 }, 'warn', 0.06],
    ['optimisation-finished', {}, 'not-run', null],
    ['smooth-landscape', { unevenness: 0.1 }, 'pass', 0.1],
    ['smooth-landscape', { unevenness: 0.11 }, 'warn', 0.11],
    ['continuous', { jumps: 0.3 }, 'pass', 0.3],
    ['continuous', { jumps: 0.31 }, 'fail', 0.31],
    ['unbounded', { looked: 2, unbounded: rerun('pgd', 1, 2) }, 'pass', 0],
    ['unbounded', { looked: 3, unbounded: rerun('pgd', 1, 2) }, 'fail', 1],
    ['unbounded', { looked: 3, unbounded: { ...rerun('pgd', 1, 2), classes: 1 } }, 'not-run', null],
    ['planted-example', { planted: { tried: 3, found: 2 } }, 'pass', 2 / 3],
    ['planted-example', { planted: { tried: 40, found: 38 } }, 'pass', 0.95],
    ['planted-example', { planted: { tried: 30, found: 28 } }, 'fail', 28 / 30],
    ['planted-example', {}, 'not-run', null],
    ['gradients-right', { slope: { error: 0.001 } }, 'pass', 0.001],
    ['gradients-right', { slope: { wrong: 'by half' } }, 'fail', 'wrong'],
    ['gradients-right', {}, 'not-run', null],
    ['white-box-at-least-black-box', { gradientFree: rerun('square', 1, 2, 3), otherLoss: rerun('apgd-t', 1, 2) }, 'pass', 1],
    ['white-box-at-least-black-box', { gradientFree: rerun('square', 1, 2, 3), otherLoss: rerun('apgd-t', 1) }, 'fail', 2],
    ['noise-finds-no-more', { noise: rerun('noise', 7) }, 'fail', 1],
    ['noise-finds-no-more', { noise: rerun('noise') }, 'pass', 0],
    ['monotone-in-epsilon', { halfway: rerun('pgd', 1) }, 'pass', 0.01],
    ['monotone-in-epsilon', { halfway: rerun('pgd', 1, 2) }, 'fail', 0.02],
    ['diversity', { gradientFree: rerun('square') }, 'pass', 'square'],
    ['transfer', {}, 'not-run', null],
  ])('%s of %o gives %s', (id, found, status, value) => {
    const evidence = { attacks: [attack('pgd', 0.5)], total: 200, again: { ...look, ...found } };
    expect(find(evidence, id)).toMatchObject({ status, value });
  });

  test('has nothing to say where nothing survived, and says why one failed', () => {
    const nobody = { again: { looked: 0, survivors: 0, moreWork: [] } };
    expect(runChecks({ ...sound, ...nobody }).filter(({ status }) => status === 'not-run')).toEqual([]);
    expect(find({ again: { ...look, failure: 'planted failed: bang.' } }, 'planted-example')?.advice).toBe('planted failed: bang.');
  });
});

describe('the verdict', () => {
  const passing = runChecks(sound);
  const failing = runChecks({ ...sound, ...anomaliesOf([{ ...record, outcome: 'error' }]) });
  const masked = runChecks({ ...sound, ...anomaliesOf([{ ...record, silentSuccess: true }]) });
  const wide: Gate = { ...missed, id: 'class-gap', bound: 'at-most' };
  test.each([
    [passing, [], 'measured'],
    [passing, [held, held], 'held'],
    [passing, [held, open], 'inconclusive'],
    [passing, [held, open, missed], 'missed'],
    [passing, [held, wide], 'missed'],
    [failing, [], 'inconclusive'],
    [failing, [held], 'inconclusive'],
    [failing, [missed], 'inconclusive'],
    [masked, [], 'inconclusive'],
    [masked, [held], 'inconclusive'],
    [masked, [held, missed], 'missed'],
    [masked, [wide], 'inconclusive'], // both accuracies may be too high
  ])('follows from the checks and the gates (%#)', (checks, gates, verdict) => {
    expect(verdictOf(gates, checks)).toBe(verdict);
  });
});
