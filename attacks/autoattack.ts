import * as v from 'valibot';
import { type Attack, type AttackSetting, defineAttack, type Found } from '../src/core/attack.ts';
import { distances } from '../src/core/norms.ts';
import { choice, parseOptions } from '../src/core/options.ts';
import { apgdCe } from './apgdCe.ts';
import { apgdDlr } from './apgdDlr.ts';
import { apgdT } from './apgdT.ts';
import { fab } from './fab.ts';
import { fabT } from './fabT.ts';
import { square } from './square.ts';

const versions = ['standard', 'plus', 'rand'] as const;
type Version = (typeof versions)[number];

interface Member {
  readonly attack: Attack;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * AutoAttack: attacks in a row, each on the examples that those before it left. Croce and Hein 2020, arXiv:2003.01690;
 * L1 as in arXiv:2103.01208. Versions, members and their settings are those of the authors' code. Of two classes there
 * is no DLR loss, so that APGD-DLR is left out; APGD-T climbs the difference of logits where there are fewer than four.
 */
export const autoattack = defineAttack({
  name: 'autoattack',
  summary: 'APGD-CE, APGD-T, FAB-T and Square, each on what the others left',
  when: 'the figure to report: the standard of the field, and nothing to tune',
  cost: (setting, { version }) => costOf(setting, version),
  paper: '2003.01690',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  options: v.object({
    version: choice(versions, { default: 'standard', description: 'plus: more restarts and attacks; rand: for models that draw random numbers' }),
  }),
  members: (setting, { version }) => membersOf(version, setting).map(({ attack }) => attack.name),
  *run(context, { version }) {
    const { x, norm, epsilon, goal, random } = context;
    let best: Found & { readonly margin: number } = { adv: x, margin: -Infinity };
    for (const { attack, options } of membersOf(version, context)) {
      const returned = yield* attack.run({ ...context, random: random.split(attack.name) }, options);
      const adv = returned instanceof Float32Array ? returned : returned.adv;
      if (distances(adv, x)[norm] > epsilon) continue;
      const { logits, fooled } = yield { want: 'scores', at: adv };
      if (fooled) return { adv, by: attack.name };
      const margin = goal.margin(logits);
      if (margin > best.margin) best = { adv, margin, by: attack.name };
    }
    return best;
  },
});

function membersOf(version: Version, { norm, classes }: Pick<AttackSetting, 'norm' | 'classes'>): readonly Member[] {
  const fixed = { radii: 'fixed' };
  const averaged = { draws: 20, stopWhenFooled: false, ...fixed };
  const dlr = (options: Member['options']) => (classes < 3 ? [] : [member(apgdDlr, options)]);
  const members: Record<Version, () => readonly Member[]> = {
    standard: () => [
      ...(norm === 'l1' ? [member(apgdCe, { restarts: 5 }), member(apgdT, { targets: 5 })] : [member(apgdCe), member(apgdT)]),
      member(fabT, { stopWithin: true, refine: 0 }),
      member(square),
    ],
    plus: () => [
      member(apgdCe, { restarts: 5, ...fixed }),
      ...dlr({ restarts: 5, ...fixed }),
      member(fab, { restarts: 5, stopWithin: true, refine: 0 }),
      member(square),
      member(apgdT, fixed),
      member(fabT, { stopWithin: true, refine: 0 }),
    ],
    rand: () => [member(apgdCe, averaged), ...dlr(averaged)],
  };
  return members[version]();
}

/** Completed by the member's own defaults, which are those of AutoAttack. */
function member(attack: Attack, options: Member['options'] = {}): Member {
  return { attack, options: parseOptions(attack.name, attack.options, options) as Member['options'] };
}

/** The sum of the members', each with a look at what it returned. */
function costOf(setting: AttackSetting, version: Version) {
  const costs = membersOf(version, setting).map(({ attack, options }) => attack.cost(setting, options));
  return {
    gradient: costs.reduce((sum, { gradient }) => sum + gradient, 0),
    forward: costs.reduce((sum, { forward }) => sum + forward + 1, 0),
  };
}
