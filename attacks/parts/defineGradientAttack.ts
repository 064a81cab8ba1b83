import * as v from 'valibot';
import { type Attack, defineAttack } from '../../src/core/attack.ts';
import { wholeNumber } from '../../src/core/options.ts';
import { eot } from './eot.ts';

/** The option that turns a gradient attack into EOT. */
export const draws = wholeNumber({ default: 1, description: 'gradients averaged at each point, for models that draw random numbers' });

type With<Entries extends v.ObjectEntries> = v.ObjectSchema<Entries & { readonly draws: typeof draws }, undefined>;

/** An attack that asks for gradients, with one more option: over how many draws of a random model each is averaged. */
export function defineGradientAttack<Entries extends v.ObjectEntries>(attack: Attack<v.ObjectSchema<Entries, undefined>>): Attack<With<Entries>> {
  const cost: Attack<With<Entries>>['cost'] = (setting, options) => {
    const { gradient, forward } = attack.cost(setting, options);
    return { gradient: gradient * drawsIn(options), forward };
  };
  return defineAttack<With<Entries>>({
    ...attack,
    options: v.object({ ...attack.options.entries, draws }),
    cost,
    *run(context, options) {
      const run = attack.run(context, options);
      return yield* drawsIn(options) === 1 ? run : eot(run, drawsIn(options));
    },
  });
}

/** The entries of another attack hide the type of the one that is added. */
function drawsIn(options: object): number {
  return (options as { readonly draws: number }).draws;
}
