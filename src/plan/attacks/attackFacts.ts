import type { Attack, Cost } from '../../core/attack.ts';
import type { Norm } from '../../core/norms.ts';
import { parseOptions } from '../../core/options.ts';
import { count } from '../../report/figures.ts';

/** The example and model for which prices are stated: 28×28 grey pixels, ten classes. */
export const priced = { size: 784, classes: 10 };

/** What the table of all attacks says of one, with its default options. */
export interface AttackFacts {
  readonly needs: string;
  /** Most queries on one example, in the dearest of its norms. */
  readonly cost: string;
  readonly when: string;
}

export function factsOf(attack: Attack): AttackFacts {
  const options = parseOptions(attack.name, attack.options, {}) as Readonly<Record<string, unknown>>;
  const norms = attack.norms.filter((norm): norm is Norm => norm !== 'none');
  const costs = (norms.length > 0 ? norms : (['linf'] as const)).map((norm) => attack.cost({ norm, ...priced }, options));
  return { needs: needs[attack.knowledge], cost: costText(dearest(costs)), when: attack.when };
}

const needs: Readonly<Record<Attack['knowledge'], string>> = { gradient: 'gradients', scores: 'scores', label: 'labels', none: 'nothing' };

function dearest(costs: readonly Cost[]): Cost {
  return costs.reduce((most, cost) => (cost.gradient > most.gradient || (cost.gradient === most.gradient && cost.forward > most.forward) ? cost : most));
}

/** '909 gradient + 900 forward' */
function costText(cost: Cost): string {
  const parts = (['gradient', 'forward'] as const).filter((kind) => cost[kind] > 0);
  return parts.map((kind) => `${count(cost[kind])} ${kind}`).join(' + ') || 'none';
}
