import type { SampleRecord } from '../core/record.ts';
import type { Budget } from './budget.ts';
import { leavesBudget, roundedTo8Bits } from './eightBit.ts';
import type { Judged, PlannedAttack } from './trial.ts';

export type Spent = Pick<SampleRecord, 'forwardQueries' | 'gradientQueries' | 'uselessGradients'>;

/**
 * What breaks an example at one epsilon breaks it at every larger one: the record there of the same point, which lies
 * within `budget`, and of the queries that it took beside those at the smaller one.
 */
export function carried({ record, point }: Judged, { label, epsilon }: PlannedAttack, budget: Budget, spent: Spent): Judged {
  const { outside8bit, uselessGradients, ...found } = record;
  return {
    record: {
      ...found,
      attack: label,
      ...(epsilon !== undefined && { epsilon }),
      ...(outside8bit && point && leavesBudget(roundedTo8Bits(point), budget) && { outside8bit }),
      forwardQueries: spent.forwardQueries,
      gradientQueries: spent.gradientQueries,
      ...(spent.uselessGradients !== undefined && { uselessGradients: spent.uselessGradients }),
    },
    ...(point && { point: point.slice() }),
  };
}
