import type { Rerun, SecondLook } from '../again/secondLook.ts';
import { failureOf } from './failureOf.ts';
import { ofSurvivors, onSurvivors, shareOfAll } from './onSurvivors.ts';
import { fail, notRun, pass, warn } from './rule.ts';
import type { Evidence, Finding, Rule } from './rule.ts';

/** One example may be chance; so may be what stands for half a point of all. */
const fewestGained = 2;
const mostGained = 0.005;
/** Of its whole rise, a loss in the last tenth of the steps; of its lead, a label in a tenth of epsilon. */
const mostStillRising = 0.05;
const mostUneven = 0.1;
/** Of all that changes over short ways, what gradients do not foretell. */
const mostJumps = 0.3;
/** Of adversarial examples that are known to be there; one may be missed in any case. */
const leastFound = 0.95;
const mostMissed = 1;

/** What only extra runs on the survivors can tell. */
export const again: readonly Rule[] = [
  {
    id: 'more-work',
    title: 'More of the same work breaks no more',
    check: (evidence) => onSurvivors(evidence, (look) => gainOf(look.moreWork, 'ask for more steps or restarts', look, evidence)),
  },
  {
    id: 'other-losses',
    title: 'Another loss breaks no more',
    check: (evidence) =>
      onSurvivors(evidence, (look) => {
        if (!look.otherLoss) return notRun('It takes gradients, in another norm than L0.');
        return gainOf([look.otherLoss], 'ask for autoattack', look, evidence);
      }),
  },
  {
    id: 'optimisation-finished',
    title: 'The loss has stopped rising when the attack ends',
    check: (evidence) =>
      onSurvivors(evidence, ({ stillRising, failure }) => {
        if (stillRising === undefined) return notRun(failure ?? 'It takes one attack that follows a loss for ten steps or more, no ensemble.');
        return stillRising <= mostStillRising
          ? pass(stillRising, 'The last tenth of the steps gains little of the whole rise.')
          : warn(stillRising, 'The last tenth of the steps still gains that share of the whole rise: ask for more steps.');
      }),
  },
  {
    id: 'smooth-landscape',
    title: 'The model changes little over small distances',
    check: (evidence) =>
      onSurvivors(evidence, ({ unevenness, failure }) => {
        if (unevenness === undefined) return notRun(failure ?? 'It takes a ball of another norm than L0, and columns that are all free.');
        return unevenness <= mostUneven
          ? pass(unevenness, "A tenth of epsilon in random directions changes less than a tenth of the label's lead.")
          : warn(unevenness, "A tenth of epsilon in random directions changes that share of the label's lead: gradients tell little of what lies around, use gradient-free attacks.");
      }),
  },
  {
    id: 'continuous',
    title: 'The model does not jump',
    check: (evidence) =>
      onSurvivors(evidence, ({ jumps, failure }) => {
        if (jumps === undefined) return notRun(failure ?? "It takes gradients that are the model's own everywhere, another norm than L0, and columns that are all free.");
        return jumps <= mostJumps
          ? pass(jumps, 'Over a hundredth of epsilon, gradients foretell nearly all that changes.')
          : fail(jumps, 'Over a hundredth of epsilon, gradients do not foretell that share of what changes: they tell nothing of a model that jumps, use gradient-free attacks.');
      }),
  },
  {
    id: 'unbounded',
    title: 'Where the whole box is allowed, nothing survives',
    check: (evidence) =>
      onSurvivors(evidence, (look) => {
        const { unbounded } = look;
        if (!unbounded) return notRun('It takes gradients, another norm than L0, and columns that are all free.');
        const failed = failureOf([unbounded]);
        if (failed !== undefined) return notRun(failed);
        if (unbounded.classes < 2) return notRun('It takes survivors of several classes: there may be nothing else in the box.');
        const left = look.looked - unbounded.broken.length;
        return left === 0
          ? pass(0, 'Gradients lead out of the class when any point may be reached.')
          : fail(left, `${ofSurvivors(left, look)} withstand gradients even where any point may be reached: gradients do not lead anywhere, use gradient-free attacks.`);
      }),
  },
  {
    id: 'planted-example',
    title: 'An adversarial example that is known to be there is found',
    check: (evidence) =>
      onSurvivors(evidence, ({ planted, failure }) => {
        if (!planted) return notRun(failure ?? 'It takes a model that is not random, survivors of several classes, another norm than L0, and columns that are all free.');
        const { found, tried } = planted;
        const stated = `From ${tried} points with one inside epsilon the strongest attack found ${found}`;
        return tried - found <= mostMissed || found >= leastFound * tried
          ? pass(found / tried, `${stated}.`)
          : fail(found / tried, `${stated}: it overlooks what is there, suspect its gradients and add others.`);
      }),
  },
  {
    id: 'gradients-right',
    title: 'Gradients agree with central differences',
    check: (evidence) =>
      onSurvivors(evidence, ({ slope }) => {
        if (!slope) return notRun("It takes gradients that are the model's own everywhere.");
        return 'error' in slope
          ? pass(slope.error, 'Around the survivors gradients are the slope of the logits.')
          : fail('wrong', `Around the survivors there is another slope than the gradients say (${slope.wrong}): use gradient-free attacks.`);
      }),
  },
  {
    id: 'transfer',
    title: 'Attacks on another model break no more',
    check: (evidence) => onSurvivors(evidence, () => notRun('It takes a second model: scan that one with --save-examples, and this one on what was saved.')),
  },
];

/** By how much the figure would be lower, had these been run on every example. */
function gainOf(runs: readonly Rerun[], advice: string, look: SecondLook, evidence: Evidence): Finding {
  const failed = failureOf(runs);
  if (failed !== undefined) return notRun(failed);
  const broken = new Set(runs.flatMap((run) => run.broken)).size;
  const gain = shareOfAll(broken, look, evidence);
  const found = `${ofSurvivors(broken, look)} fell to ${runs.map(({ attack }) => attack).join(', or to ')}`;
  return broken < fewestGained || gain <= mostGained ? pass(gain, `${found}.`) : warn(gain, `${found}: the figure is too high by about that share, ${advice}.`);
}
