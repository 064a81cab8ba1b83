/**
 * Do attacks that look for the smallest perturbation find it? Their accuracy-against-epsilon curves on images of the
 * bundled set, beside the best that fixed budgets bring: for each epsilon, any of several attacks of many steps and restarts. An
 * attack holds if it is at most a point above that at every epsilon.
 * `npx tsx bench/optimality.ts [IMAGES] [NORM …]`
 */
import { argv } from 'node:process';
import type { AttackSpec } from '../src/core/attack.ts';
import type { Norm } from '../src/core/norms.ts';
import { median } from '../src/engine/median.ts';
import { attackRun } from './attackRun.ts';
import { bundledImages } from './bundledImages.ts';
import { printMachine, printTable } from './table.ts';

const epsilons: Record<Norm, readonly number[]> = {
  linf: [0.01, 0.02, 0.03, 0.05, 0.08],
  l2: [0.2, 0.4, 0.6, 1, 1.5],
  l1: [1, 2, 4, 6, 10],
  l0: [2, 4, 8, 12, 20],
};

const pgd = (loss: string): AttackSpec => ({ name: 'pgd', options: { steps: 100, restarts: 5, loss } });
const strong = ['crossEntropy', 'margin', 'dlr'].map(pgd);
const apgd = ['apgd-ce', 'apgd-dlr', 'apgd-t'].map((name) => ({ name, options: {} }));
/** What an example has to survive at an epsilon. There is none in L0. */
const fixedBudget: Record<Norm, readonly AttackSpec[]> = {
  linf: [...strong, ...apgd],
  l2: [...strong, ...apgd],
  l1: [...strong, ...apgd, { name: 'apgd-l1', options: {} }],
  l0: [],
};

const plain = (...names: string[]): AttackSpec[] => names.map((name) => ({ name, options: {} }));
const fmn: readonly AttackSpec[] = [...plain('fmn'), { name: 'fmn', options: { targets: 9 } }];
const smallest: Record<Norm, readonly AttackSpec[]> = {
  linf: [...plain('deepfool'), ...fmn, ...plain('fab', 'fab-t', 'cw')],
  l2: [...plain('deepfool', 'ddn'), ...fmn, ...plain('fab', 'fab-t', 'cw')],
  l1: [...fmn, ...plain('fab', 'fab-t', 'ead')],
  l0: [...fmn, { name: 'sigma-zero', options: { steps: 100 } }, ...plain('sigma-zero', 'jsma')],
};
/** How far above the best fixed budget an attack may lie, at each epsilon. */
const allowed = 0.01;

const { oracle, examples } = await bundledImages(Number(argv[2] ?? 200));

/** An accuracy-against-epsilon curve, as shares of the examples. */
interface Row {
  readonly label: string;
  readonly curve: readonly number[];
  /** The median over the examples that the model is right on. */
  readonly distance?: number;
  /** On all examples. */
  readonly queries: number;
}

const points = (share: number) => (100 * share).toFixed(1);

/** The share of examples that survive every attack, at each epsilon; what is broken at one is not tried at the next. */
async function bestFixed(norm: Norm): Promise<Row> {
  let [left, queries] = [examples, 0];
  const curve: number[] = [];
  for (const epsilon of epsilons[norm]) {
    for (const attack of fixedBudget[norm]) {
      const run = await attackRun(oracle, left, attack, { norm, epsilon });
      queries += run.queries;
      const survivors = new Set(run.records.filter(({ outcome }) => outcome === 'survived').map(({ id }) => id));
      left = left.filter(({ id }) => survivors.has(id));
    }
    curve.push(left.length / examples.length);
  }
  return { label: 'best fixed budget', curve, queries };
}

async function oneRun(norm: Norm, attack: AttackSpec): Promise<Row> {
  const { records, queries } = await attackRun(oracle, examples, attack, { norm, epsilon: epsilons[norm][0] as number });
  const failed = records.find(({ outcome }) => outcome === 'error');
  if (failed) throw new Error(`${attack.name}: ${failed.error ?? 'failed'}`);
  const right = records.filter(({ outcome }) => outcome !== 'wrong');
  const found = right.map((record) => record.smallest ?? Infinity);
  const curve = epsilons[norm].map((epsilon) => found.filter((distance) => distance > epsilon).length / examples.length);
  const label = Object.entries(attack.options).map(([name, value]) => `${name}=${String(value)}`).join(', ');
  return { label: label === '' ? attack.name : `${attack.name} (${label})`, curve, distance: median(found), queries };
}

/** How far a curve rises above another, and whether that is little enough. */
function verdict({ curve }: Row, best: Row): string {
  const above = Math.max(...curve.map((share, k) => share - (best.curve[k] as number)));
  return above <= allowed + 1e-9 ? 'holds' : `${points(above)} above`;
}

printMachine();
const asked = argv.slice(3);
for (const norm of ['linf', 'l2', 'l1', 'l0'] as const) {
  if (asked.length > 0 && !asked.includes(norm)) continue;
  const best = fixedBudget[norm].length > 0 ? await bestFixed(norm) : undefined;
  const rows = best ? [best] : [];
  for (const attack of smallest[norm]) rows.push(await oneRun(norm, attack));
  const head = ['', ...epsilons[norm].map((epsilon) => `${epsilon}`), 'median distance', 'queries an image', `within ${points(allowed)}`];
  const cells = rows.map((row) => [
    row.label,
    ...row.curve.map(points),
    row.distance?.toPrecision(4) ?? '',
    String(Math.round(row.queries / examples.length)),
    best && row !== best ? verdict(row, best) : '',
  ]);
  printTable(`${norm}: accuracy at epsilon, %, ${examples.length} images`, head, cells);
}
await oracle.close();
