import type { AttackContext } from '../../src/core/attack.ts';

/** The classes to aim at: of a targeted run the wanted one, else those that the clean example is most likely taken for. */
export function likeliestTargets({ goal, y, classes, clean: { logits } }: AttackContext, most: number): readonly number[] {
  if (goal.target !== undefined) return [goal.target];
  const others = Array.from({ length: classes }, (_, k) => k).filter((k) => k !== y);
  return others.sort((a, b) => (logits[b] as number) - (logits[a] as number)).slice(0, most);
}
