import { isNoise } from '../strengths.ts';
import { pass, warn } from './rule.ts';
import type { Rule } from './rule.ts';

/** Whether enough was tried, on enough examples. */
export const coverage: readonly Rule[] = [
  {
    id: 'threat-model',
    title: 'The threat is stated, and leaves the classes apart',
    check: ({ threat: { norm, epsilon }, target = 'any wrong class', bounds, attacks }) => {
      const knowledge = [...new Set(attacks.map((attack) => attack.knowledge))].join(', ') || 'none';
      const stated = `${norm} ${Number(epsilon.toPrecision(4))}, bounds ${typeof bounds === 'string' ? bounds : bounds.join('..')}, to ${target}, by ${knowledge}`;
      const half = norm === 'linf' && typeof bounds !== 'string' && epsilon >= (bounds[1] - bounds[0]) / 2;
      return half
        ? warn(stated, 'Half the box turns every example into flat grey: no model can be right there, ask for a smaller epsilon.')
        : pass(stated, 'Quote it beside the figure.');
    },
  },
  {
    id: 'kept-to-the-ball',
    title: 'The worst case is of attacks that keep to the ball',
    check: ({ attacks }) =>
      attacks.length > 0
        ? undefined
        : warn('none', 'What it says is the accuracy without an attack, as those in no ball are apart from it: add one that keeps to the ball, such as autoattack.'),
  },
  {
    id: 'untargeted',
    title: 'Attacks aim at any wrong class',
    check: ({ target }) =>
      target === undefined
        ? undefined
        : warn(target, 'Attacks that want one class leave examples alone that another would break: the figure may be too high, scan without a target too.'),
  },
  {
    id: 'diversity',
    title: 'A gradient-free attack is among those run',
    check: ({ attacks, again }) => {
      if (attacks.length === 0) return undefined;
      const names = attacks.flatMap(({ name, knowledge, gradientFree }) => (knowledge === 'gradient' || isNoise(name) ? (gradientFree ?? []) : name));
      if (names[0] !== undefined) return pass(names[0], 'Masked gradients would show in its result.');
      return again?.gradientFree
        ? pass(again.gradientFree.attack, 'The checks ran it on survivors, where masked gradients would show.')
        : warn('none', 'Only gradients and noise were tried: masked gradients go unnoticed without a score- or decision-based attack.');
    },
  },
  {
    id: 'sample-size',
    title: 'Enough samples for what was asked',
    check: ({ gates }) => {
      if (gates.length === 0) return undefined;
      const open = gates.filter(({ status }) => status === 'inconclusive');
      if (open.length === 0) return pass(0, 'The intervals settle every question.');
      const needed = open.map(({ samplesToDecide }) => samplesToDecide ?? Infinity);
      return warn(
        `${open.length} of ${gates.length} open`,
        Math.max(...needed) === Infinity
          ? 'A figure is at its threshold itself: no number of samples would decide.'
          : `An interval contains its threshold: about ${Math.max(...needed)} samples would decide.`,
      );
    },
  },
];
