import type { CurvePoint } from '../../core/report.ts';
import { worstCaseSeries } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { clipped } from '../clipped.ts';
import { epsilonsIn } from '../epsilonsIn.ts';
import { epsilonText, interval, listed, normNames, percent } from '../figures.ts';
import { capital } from './capital.ts';
import { html } from './html.ts';
import { lineChart } from './lineChart.ts';
import type { Line } from './lineChart.ts';
import { named } from './named.ts';
import type { Section } from './section.ts';
import { folded, table } from './table.ts';

/** How accuracy falls as epsilon grows. */
export async function curve({ report }: Result): Promise<Section | undefined> {
  const { curve: points, clean, measure, threat } = report;
  if (!points) return undefined;
  const names = [...new Set(points.map(({ attack }) => attack))];
  const start = { x: 0, y: clean.accuracy, interval: clean.interval };
  const lines = names.map((name, i): Line => ({
    name: clipped(name, 60),
    colour: name === worstCaseSeries ? 'ink' : i,
    points: [start, ...points.filter(({ attack }) => attack === name).map(({ epsilon, robustAccuracy, interval }) => ({ x: epsilon, y: robustAccuracy, interval }))],
    band: names.length <= mostBands || name === worstCaseSeries,
  }));
  const chart = await lineChart({ lines, xTitle: `epsilon (${normNames[threat.norm]})`, alternative: told(report.measure, points) });
  return {
    id: 'curve',
    title: `${capital(measure)} against epsilon`,
    lead: `From no attack at epsilon 0 on: the share that survives as the budget grows. ${names.length <= mostBands ? 'Shaded' : 'Shaded, for the worst case'}: 95 % intervals.`,
    body: html`<figure>${chart}</figure>${folded('The figures of the curve', figures(names, points))}`,
  };
}

/** More would cover one another. */
const mostBands = 4;

function told(measure: string, points: readonly CurvePoint[]): string {
  const worst = points.filter(({ attack }) => attack === worstCaseSeries);
  const steps = worst.map(({ epsilon, robustAccuracy }) => `${percent(robustAccuracy)} at ${epsilonText(epsilon)}`);
  return `Line chart of ${measure} against epsilon. Worst case: ${listed(steps)}.`;
}

function figures(names: readonly string[], points: readonly CurvePoint[]) {
  const epsilons = epsilonsIn(points);
  return table({
    caption: 'Accuracy at each epsilon, with its 95 % interval',
    columns: ['Attack', ...epsilons.map(epsilonText)],
    rows: names.map((name) => [
      named(name),
      ...epsilons.map((epsilon) => {
        const point = points.find((one) => one.attack === name && one.epsilon === epsilon);
        return point && html`${percent(point.robustAccuracy)} <small>${interval(point.interval)}</small>`;
      }),
    ]),
  });
}

