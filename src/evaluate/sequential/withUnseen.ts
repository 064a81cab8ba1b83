import type { RobustnessReport } from '../../core/report.ts';

/** What classes and groups there are, as far as that is known. */
export interface Parts {
  readonly classes?: number;
  readonly groups?: readonly string[] | undefined;
}

type Figures = Pick<RobustnessReport, 'perClass' | 'perGroup'>;

/**
 * The same figures with a row for each class and group that no sample has been of yet. Nothing is known of it: no gate
 * on the lowest can hold without it.
 */
export function withUnseen<Some extends Figures>(figures: Some, { classes, groups = [] }: Parts): Some {
  const ofClass = new Map(figures.perClass.map((row) => [row.label, row]));
  const ofGroup = new Map(figures.perGroup?.map((row) => [row.group, row]));
  return {
    ...figures,
    ...(classes !== undefined && { perClass: Array.from({ length: classes }, (_, label) => ofClass.get(label) ?? { label, ...nothing, attacks: [] }) }),
    ...(figures.perGroup && { perGroup: groups.map((group) => ofGroup.get(group) ?? { group, ...nothing }) }),
  };
}

const nothing = { total: 0, cleanAccuracy: 0, robustAccuracy: 0 };
