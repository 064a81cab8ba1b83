import type { RobustnessReport } from '../core/report.ts';
import type { GradientPath, Place } from '../graph/gradientPath.ts';

/** What a report says of a gradient that is not the model's own everywhere; nothing of one that is. */
export function gradientInfo({ estimated, ends, reaches }: GradientPath): Pick<RobustnessReport['engine'], 'gradient'> {
  if (estimated.length === 0 && ends.length === 0) return {};
  const ops = [...new Set(estimated.map(({ op }) => op))];
  return { gradient: { straightThrough: ops, ends: ends.map(titleOf), reaches } };
}

const titleOf = ({ op, name }: Place): string => (name === '' || name === op ? op : `${op} '${name}'`);
