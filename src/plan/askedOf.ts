import type { RobustnessReport } from '../core/report.ts';
import type { Plan, ScanRequest } from './plan.ts';
import type { Subject } from './subject.ts';

/** Fields that decide what a scan finds, beside model with its preprocessing, data, attacks and epsilon. Not among them: where it runs, what is expected of it. */
const deciding = [
  ...['output', 'inputShape', 'classes', 'labels', 'label', 'bounds', 'immutable', 'integer', 'groups', 'skipUnreadable'],
  ...['limit', 'offset', 'shuffle', 'shard', 'norm', 'curve', 'target', 'straightThrough', 'checks'],
] as const satisfies readonly (keyof ScanRequest)[];

/** What was asked for, as plain data: a scan that is asked for it finds the same again. */
export function askedOf({ asked, attacks, seed }: Plan, { model, dataset, epsilon }: Pick<Subject, 'model' | 'dataset' | 'epsilon'>): RobustnessReport['request'] {
  const chosen: Record<string, unknown> = {};
  for (const field of deciding) if (asked[field] !== undefined) chosen[field] = asked[field];
  return {
    model: model.path,
    data: dataset.spec,
    // A second one of the same is told by its mark.
    attacks: attacks.map(({ label }) => label.replace(/#\d+$/, '')).join(','),
    epsilon: asked.epsilon ?? epsilon,
    seed,
    ...model.preprocessing,
    ...chosen,
  };
}
