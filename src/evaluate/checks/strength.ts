import { worstCaseSeries } from '../../core/report.ts';
import type { CurvePoint } from '../../core/report.ts';
import type { SecondLook } from '../again/secondLook.ts';
import { isNoise } from '../strengths.ts';
import { failureOf } from './failureOf.ts';
import { ofSurvivors, onSurvivors, shareOfAll } from './onSurvivors.ts';
import { fail, notRun, pass } from './rule.ts';
import type { AttackEvidence, Evidence, Finding, Rule } from './rule.ts';
import { samplesText } from './samplesText.ts';

/** More than this share of the examples, and more than one of them, that only gradient-free attacks break is no chance. */
const mostMasked = 0.002;
const fewestMasked = 2;
/** Share of the examples that may fall at half of epsilon, and not at the whole. */
const mostRisen = 0.005;

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
    check: (evidence) => {
      const { attacks, strengths, total } = evidence;
      const free = attacks.filter(({ name, knowledge }) => knowledge !== 'gradient' && !isNoise(name));
      const members = attacks.some(({ gradientFree }) => gradientFree !== undefined);
      if (!attacks.some(isIterative)) return undefined;
      if (free.length === 0 && !members) return onSurvivors(evidence, (look) => onlyFree(look, evidence));
      const { onlyToFree, onlyToGradient } = strengths;
      // An ensemble's gradient-free members are tried only on what is left: there is nothing that they missed.
      const more = onlyToFree.length - (free.length > 0 ? onlyToGradient : 0);
      return more < fewestMasked || more <= mostMasked * total
        ? pass(Math.max(0, more), 'Gradient-free attacks do not break more.')
        : fail(more, masked(onlyToFree));
    },
  },
  {
    id: 'noise-finds-no-more',
    title: 'Noise breaks nothing that survives the gradient',
    check: (evidence) => {
      const { attacks, strengths: { onlyToNoise } } = evidence;
      if (!attacks.some(isIterative)) return undefined;
      if (!attacks.some(({ name }) => isNoise(name))) return onSurvivors(evidence, noisySurvivors);
      return onlyToNoise.length === 0
        ? pass(0, 'What noise breaks the attacks break too.')
        : fail(onlyToNoise.length, chance(onlyToNoise));
    },
  },
  {
    id: 'monotone-in-epsilon',
    title: 'A larger epsilon breaks at least as much',
    check: (evidence) => {
      const { curve, attacks } = evidence;
      if (!curve) return attacks.length === 0 ? undefined : onSurvivors(evidence, (look) => fallenHalfway(look, evidence));
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

/** Of the survivors looked at again: those that fall to a gradient-free attack, and to no attack that follows gradients. */
function onlyFree(look: SecondLook, evidence: Evidence): Finding {
  const { gradientFree, otherLoss, moreWork } = look;
  if (!gradientFree) return notRun('It takes a gradient-free attack in this norm.');
  const byGradient = otherLoss ? [...moreWork, otherLoss] : moreWork;
  const failed = failureOf([gradientFree, ...byGradient]);
  if (failed !== undefined) return notRun(failed);
  const only = gradientFree.broken.filter((id) => !byGradient.some(({ broken }) => broken.includes(id)));
  return only.length < fewestMasked || shareOfAll(only.length, look, evidence) <= mostMasked
    ? pass(only.length, `${gradientFree.attack} breaks no more of ${look.looked} survivors.`)
    : fail(only.length, masked(only));
}

function noisySurvivors({ noise, looked }: SecondLook): Finding {
  if (!noise) return notRun('It takes an attack in the ball.');
  const failed = failureOf([noise]);
  if (failed !== undefined) return notRun(failed);
  return noise.broken.length === 0
    ? pass(0, `${noise.attack} breaks none of ${looked} survivors.`)
    : fail(noise.broken.length, chance(noise.broken));
}

/** A survivor that falls at half of epsilon would have fallen at the whole. */
function fallenHalfway(look: SecondLook, evidence: Evidence): Finding {
  const { halfway } = look;
  if (!halfway) return notRun('It takes an attack that searches at one epsilon.');
  const failed = failureOf([halfway]);
  if (failed !== undefined) return notRun(failed);
  const count = halfway.broken.length;
  const rise = shareOfAll(count, look, evidence);
  const found = `${ofSurvivors(count, look)} fall to ${halfway.attack}`;
  return count < fewestMasked || rise <= mostRisen ? pass(rise, `${found}.`) : fail(rise, `${found}: give attacks more steps or restarts, and look at ${samplesText(halfway.broken)}.`);
}

const masked = (ids: readonly number[]): string =>
  `Gradient-free attacks break more, which means that gradients are masked: give those attacks more queries, and look at ${samplesText(ids)}.`;
const chance = (ids: readonly number[]): string =>
  `Random points fool the model where attacks found nothing: gradients are masked, or the attacks too weak; look at ${samplesText(ids)}.`;
