import type { RobustnessReport } from '../core/report.ts';
import { worstCaseSeries } from '../core/report.ts';
import { aligned } from './aligned.ts';
import { epsilonsIn } from './epsilonsIn.ts';
import { epsilonText, percent } from './figures.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

/** How accuracy falls as epsilon grows: a line for each attack, a column for each epsilon; '' where there is one only. */
export function curveTable({ curve }: RobustnessReport, paint: Paint): string {
  if (!curve) return '';
  const epsilons = epsilonsIn(curve);
  const series = [...new Set(curve.map(({ attack }) => attack))];
  const at = (attack: string, epsilon: number) => curve.find((point) => point.attack === attack && point.epsilon === epsilon);
  return aligned([
    ['epsilon', ...epsilons.map(epsilonText)].map((cell) => paint('dim', cell)),
    ...series.map((attack) => {
      const cells = epsilons.map((epsilon) => percent(at(attack, epsilon)?.robustAccuracy ?? NaN));
      return [printable(attack), ...cells].map((cell) => (attack === worstCaseSeries ? paint('bold', cell) : cell));
    }),
  ]);
}
