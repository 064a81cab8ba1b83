import { worstCaseSeries } from '../../core/report.ts';
import type { CurvePoint } from '../../core/report.ts';
import { isNoise } from '../strengths.ts';
import { fail, pass } from './rule.ts';
import type { AttackEvidence, Rule } from './rule.ts';

/** More than this share of the examples, and more than one of them, that only gradient-free attacks break is no chance. */
const mostMasked = 0.002;
const fewestMasked = 2;

/** Whether the attacks are as strong as attacks of their kind must be: where they are not, they were misled. */
export const strength: readonly Rule[] = [
  {
    id: 'iterative-at-least-single-step',
    title: 'Iterative attacks are at least as strong as the single step',
    check: ({ attacks }) => {
      const [single, iterative] = [attacks.filter(isSingleStep), attacks.filter(isIterative)].map((those) => those.map(({ successRate }) => successRate));
      if (!single?.length || !iterative?.length) return undefined;
      const gain = Math.max(...iterative) - Math.max(...single);
      return gain >= 0
        ? pass(gain, 'The strongest iterative attack breaks at least as many samples as the single step.')
        : fail(gain, 'The single step breaks more than any iterative attack: give them more steps or restarts, and suspect masked gradients.');
    },
  },
  {
    id: 'white-box-at-least-black-box',
    title: 'Attacks that follow gradients are at least as strong as those that do without',
    check: ({ attacks, strengths, total }) => {
      const free = attacks.filter(({ name, knowledge }) => knowledge !== 'gradient' && !isNoise(name));
      const members = attacks.some(({ gradientFree }) => gradientFree !== undefined);
      if (!attacks.some(isIterative) || (free.length === 0 && !members)) return undefined;
      const { onlyToFree, onlyToGradient } = strengths;
      // An ensemble's gradient-free members are tried only on what is left: there is nothing that they missed.
      const more = onlyToFree.length - (free.length > 0 ? onlyToGradient : 0);
      return more < fewestMasked || more <= mostMasked * total
        ? pass(Math.max(0, more), 'Gradient-free attacks do not break more.')
        : fail(more, `Gradient-free attacks break more, which means that gradients are masked: give those attacks more queries, and look at ${samplesText(onlyToFree)}.`);
    },
  },
  {
    id: 'noise-finds-no-more',
    title: 'Noise breaks nothing that survives the gradient',
    check: ({ attacks, strengths: { onlyToNoise } }) => {
      if (!attacks.some(isIterative) || !attacks.some(({ name }) => isNoise(name))) return undefined;
      return onlyToNoise.length === 0
        ? pass(0, 'What noise breaks the attacks break too.')
        : fail(onlyToNoise.length, `Random points fool the model where its gradients do not lead: they are masked, look at ${samplesText(onlyToNoise)}.`);
    },
  },
  {
    id: 'monotone-in-epsilon',
    title: 'A larger epsilon breaks at least as much',
    check: ({ curve }) => {
      if (!curve) return undefined;
      const rise = Math.max(...curve.map((point, at) => riseTo(point, curve[at - 1])));
      return rise <= 0
        ? pass(0, 'No attack breaks less when it may change more.')
        : fail(rise, 'An attack breaks less when it may change more: give it more steps or restarts at the larger epsilon.');
    },
  },
];

function isSingleStep({ knowledge, singleStep }: AttackEvidence): boolean {
  return knowledge === 'gradient' && singleStep;
}

function isIterative({ knowledge, singleStep }: AttackEvidence): boolean {
  return knowledge === 'gradient' && !singleStep;
}

/** How much accuracy an attack leaves beyond what it left at the epsilon before. */
function riseTo(point: CurvePoint, before: CurvePoint | undefined): number {
  return before?.attack === point.attack && point.attack !== worstCaseSeries ? point.robustAccuracy - before.robustAccuracy : 0;
}

/** The first few by number. */
function samplesText(ids: readonly number[]): string {
  const most = 10;
  const left = ids.length > most ? ` and ${ids.length - most} more` : '';
  return `${ids.length === 1 ? 'sample' : 'samples'} ${ids.slice(0, most).join(', ')}${left}`;
}
