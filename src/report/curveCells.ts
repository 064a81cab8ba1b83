import type { RobustnessReport } from '../core/report.ts';
import { epsilonsIn } from './epsilonsIn.ts';
import { epsilonText, percent } from './figures.ts';

/** Epsilons, then the accuracy of each attack at them; [] where there is one epsilon only. Names as they are. */
export function curveCells({ curve }: RobustnessReport): string[][] {
  if (!curve) return [];
  const epsilons = epsilonsIn(curve);
  const series = [...new Set(curve.map(({ attack }) => attack))];
  const at = (attack: string, epsilon: number) => curve.find((point) => point.attack === attack && point.epsilon === epsilon);
  return [['epsilon', ...epsilons.map(epsilonText)], ...series.map((attack) => [attack, ...epsilons.map((epsilon) => percent(at(attack, epsilon)?.robustAccuracy ?? NaN))])];
}
