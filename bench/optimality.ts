/**
 * Do attacks that look for the smallest perturbation find it? Their accuracy-against-epsilon curves on images of the
 * bundled set, beside the best fixed-budget curve: for each epsilon the lowest of several attacks' of many steps and restarts.
 * An attack holds if it is at most a point above that at every epsilon. Harsher: beside what any of those attacks breaks.
 * `npx tsx bench/optimality.ts [IMAGES] [NORM …]`
 */
import { argv } from 'node:process';
import type { AttackSpec } from '../src/core/attack.ts';
import type { Norm } from '../src/core/norms.ts';
import { median } from '../src/engine/median.ts';
import type { Example } from '../src/evaluate/example.ts';
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
/** What is run at each epsilon. There is none in L0. */
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

/** What survives a fixed budget at each epsilon; what is broken at one is not tried at the next. */
async function survivors(norm: Norm, attack: AttackSpec): Promise<{ left: ReadonlySet<Example['id']>[]; queries: number }> {
  let [tried, queries] = [examples, 0];
  const left: ReadonlySet<Example['id']>[] = [];
  for (const epsilon of epsilons[norm]) {
    const run = await attackRun(oracle, tried, attack, { norm, epsilon });
    queries += run.queries;
    const ids = new Set(run.records.filter(({ outcome }) => outcome === 'survived').map(({ id }) => id));
    tried = tried.filter(({ id }) => ids.has(id));
    left.push(ids);
  }
  return { left, queries };
}

/** Each fixed budget's own curve, the lowest of them at each epsilon, and that of the examples which survive them all. */
async function fixedRows(norm: Norm): Promise<{ rows: readonly Row[]; best: Row; any: Row } | undefined> {
  const runs: ({ label: string } & Awaited<ReturnType<typeof survivors>>)[] = [];
  for (const attack of fixedBudget[norm]) runs.push({ label: labelOf(attack), ...(await survivors(norm, attack)) });
  if (runs.length === 0) return undefined;
  const rows = runs.map(({ label, left, queries }) => ({ label, curve: left.map(({ size }) => size / examples.length), queries }));
  const queries = rows.reduce((sum, row) => sum + row.queries, 0);
  const lowest = epsilons[norm].map((_, k) => Math.min(...rows.map(({ curve }) => curve[k] as number)));
  const common = epsilons[norm].map((_, k) => examples.filter(({ id }) => runs.every(({ left }) => left[k]?.has(id))).length / examples.length);
  return { rows, best: { label: 'best fixed budget', curve: lowest, queries }, any: { label: 'any fixed budget', curve: common, queries } };
}

function labelOf({ name, options }: AttackSpec): string {
  const settings = Object.entries(options).map(([option, value]) => `${option}=${String(value)}`).join(', ');
  return settings === '' ? name : `${name} (${settings})`;
}

async function oneRun(norm: Norm, attack: AttackSpec): Promise<Row> {
  const { records, queries } = await attackRun(oracle, examples, attack, { norm, epsilon: epsilons[norm][0] as number });
  const failed = records.find(({ outcome }) => outcome === 'error');
  if (failed) throw new Error(`${attack.name}: ${failed.error ?? 'failed'}`);
  const right = records.filter(({ outcome }) => outcome !== 'wrong');
  const found = right.map((record) => record.smallest ?? Infinity);
  const curve = epsilons[norm].map((epsilon) => found.filter((distance) => distance > epsilon).length / examples.length);
  return { label: labelOf(attack), curve, distance: median(found), queries };
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
  const fixed = await fixedRows(norm);
  const looked: Row[] = [];
  for (const attack of smallest[norm]) looked.push(await oneRun(norm, attack));
  const head = ['', ...epsilons[norm].map((epsilon) => `${epsilon}`), 'median distance', 'queries an image', `within ${points(allowed)} of the best`, 'of any'];
  const cells = [...(fixed ? [...fixed.rows, fixed.best, fixed.any] : []), ...looked].map((row) => [
    row.label,
    ...row.curve.map(points),
    row.distance?.toPrecision(4) ?? '',
    String(Math.round(row.queries / examples.length)),
    ...(fixed && looked.includes(row) ? [verdict(row, fixed.best), verdict(row, fixed.any)] : ['', '']),
  ]);
  printTable(`${norm}: accuracy at epsilon, %, ${examples.length} images`, head, cells);
}
await oracle.close();
