import type { RobustnessReport } from '../core/report.ts';
import type { GradientPath, Place } from '../graph/gradientPath.ts';

/** What a report says of a gradient that is not the model's own everywhere; nothing of one that is. */
export function gradientInfo({ estimated, ends, reaches }: GradientPath): Pick<RobustnessReport['engine'], 'gradient'> {
  if (estimated.length === 0 && ends.length === 0) return {};
  const ops = [...new Set(estimated.map(({ op }) => op))];
  return { gradient: { straightThrough: ops, ends: ends.map(titleOf), reaches } };
}

/** Names a sentence has room for. */
const mostNamed = 3;

/**
 * Where a gradient that is not the logits' slope ends, as the end of a sentence; nothing where it ends nowhere. To
 * central differences a staircase is steep, to a gradient flat.
 */
export function endsText({ ends }: GradientPath, straightThrough: boolean): string {
  if (ends.length === 0) return '';
  const more = ends.length > mostNamed ? ` and ${ends.length - mostNamed} more` : '';
  const lets = ends.length === 1 ? 'lets' : 'let';
  return `; ${ends.slice(0, mostNamed).map(titleOf).join(', ')}${more} ${lets} no gradient through${straightThrough ? '' : ', which --straight-through would'}`;
}

const titleOf = ({ op, name }: Place): string => (name === '' || name === op ? op : `${op} '${name}'`);
