import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import type { Attack } from '../../src/core/attack.ts';
import { UserError } from '../../src/core/errors.ts';
import { checkKnowledge, checkNorm } from '../../src/plan/attacks/attackFit.ts';
import { leftOutLines } from '../../src/plan/attacks/leftOut.ts';
import { atEpsilons, planAttacks } from '../../src/plan/attacks/plannedAttacks.ts';
import { planOf } from '../../src/plan/plan.ts';

const called = (...names: readonly string[]): Attack[] => names.map((name) => attacks[name]!);

describe('an attack that does not fit is refused in one line that names those that do', () => {
  test('in its norm', () => {
    expect(() => checkNorm(attacks['ddn']!, 'l0')).toThrow(UserError);
    expect(() => checkNorm(attacks['ddn']!, 'l0')).toThrow(/^ddn: expected a norm it is made for \(l2\), found l0, for which there are fmn, jsma, [^\n]*uniform-noise$/);
  });

  test('on a model without gradients', () => {
    const tree = { path: 'tree.onnx', reason: 'TreeEnsembleClassifier has no gradient' };
    const refused = () => checkKnowledge(called('pgd', 'square', 'pgd', 'fgsm'), 'linf', tree);
    expect(refused).toThrow(UserError);
    expect(refused).toThrow(
      /^pgd, fgsm: expected attacks that need no gradient, as tree\.onnx has none \(TreeEnsembleClassifier has no gradient\): in linf there are square, [^\n]*gaussian-noise$/,
    );
    expect(() => checkKnowledge(called('square', 'uniform-noise', 'corruption'), 'linf', tree)).not.toThrow();
  });

  test('when a floor is asked for and nothing keeps to the ball', () => {
    expect(() => planOf({ attacks: 'corruption', atLeast: 0.5 })).toThrow(
      new UserError('atLeast: expected an attack that keeps to the ball, as the worst case is about those, found corruption'),
    );
    expect(planOf({ attacks: 'corruption,fgsm', atLeast: 0.5 }).thresholds).toEqual({ worstCase: 0.5 });
  });
});

test('an attack that keeps to no ball runs under every norm', () => {
  for (const norm of ['linf', 'l2', 'l1', 'l0'] as const) expect(() => checkNorm(attacks['corruption']!, norm)).not.toThrow();
});

test('at several epsilons every attack is planned for each, save what tells or knows none', () => {
  const planned = atEpsilons(planAttacks('pgd,ddn,corruption,pgd', 'l2'), [0.5, 1]);
  expect(planned.map(({ label, series, epsilon, repeat }) => [label, series, epsilon, repeat])).toEqual([
    ['pgd@0.5', 'pgd', 0.5, 0],
    ['pgd@1', 'pgd', 1, 0],
    ['ddn', undefined, undefined, 0],
    ['corruption', undefined, undefined, 0],
    ['pgd#2@0.5', 'pgd#2', 0.5, 1],
    ['pgd#2@1', 'pgd#2', 1, 1],
  ]);
});

test('members of an ensemble that need more classes than there are, are named', () => {
  expect(leftOutLines(planAttacks('pgd,autoattack', 'linf'), 'linf', 10)).toEqual([]);
  expect(leftOutLines(planAttacks('autoattack(version=plus)', 'linf'), 'linf', 2)).toEqual([
    'autoattack(version=plus): runs apgd-ce, fab, square, apgd-t, fab-t without apgd-dlr, as the model has 2 classes',
  ]);
});
