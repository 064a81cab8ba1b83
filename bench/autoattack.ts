/**
 * AutoAttack standard on images of the bundled set: a whole scan, and where its time goes, member by member.
 * `npx tsx bench/autoattack.ts [IMAGES] [EPSILON]`, after `npm run build` (worker threads run from dist/).
 */
import { argv } from 'node:process';
import type { AttackSpec } from '../src/core/attack.ts';
import { scan } from '../src/plan/scan.ts';
import { type AttackRun, attackRun, javascriptPerQuery } from './attackRun.ts';
import { bundledImages } from './bundledImages.ts';
import { percent, printMachine, printTable } from './table.ts';

const [images, epsilon] = [Number(argv[2] ?? 1000), Number(argv[3] ?? 0.02)];

const members: readonly AttackSpec[] = [
  { name: 'apgd-ce', options: {} },
  { name: 'apgd-t', options: {} },
  { name: 'fab-t', options: { stopWithin: true } },
  { name: 'square', options: {} },
];

function memberRow(name: string, run: AttackRun, size: number): string[] {
  const broken = run.records.filter(({ outcome }) => outcome === 'broken').length;
  const queries = [run.queries, Math.round(run.queries / run.seconds)].map(String);
  const javascript = [percent(run.javascriptShare), javascriptPerQuery(run, size).toFixed(1)];
  return [name, `${run.records.length}`, `${broken}`, run.seconds.toFixed(2), ...queries, ...javascript];
}

/** Each member on what those before it left, on the calling thread. */
async function memberByMember(): Promise<void> {
  const { oracle, examples } = await bundledImages(images);
  let left = examples;
  const rows: string[][] = [];
  for (const member of members) {
    const run = await attackRun(oracle, left, member, { epsilon });
    rows.push(memberRow(member.name, run, oracle.size));
    const survivors = new Set(run.records.filter(({ outcome }) => outcome === 'survived').map(({ id }) => id));
    left = left.filter(({ id }) => survivors.has(id));
  }
  await oracle.close();
  const head = ['', 'examples', 'broken', 'seconds', 'queries', 'a second', 'JavaScript', 'µs per query of 1,000 values'];
  printTable(`the members on one thread, Linf ${epsilon}: ${(100 * left.length / examples.length).toFixed(1)} % robust`, head, rows);
}

async function wholeScan(): Promise<void> {
  const started = performance.now();
  const { worstCase, engine } = await scan({ attacks: 'autoattack', norm: 'linf', epsilon, limit: images });
  const seconds = (performance.now() - started) / 1000;
  const head = ['', 'robust', 'seconds', 'workers'];
  printTable('the whole scan, opening, compiling and verifying included', head, [
    [`autoattack, ${images} images, Linf ${epsilon}`, percent(worstCase.robustAccuracy), seconds.toFixed(1), engine.workers],
  ]);
}

printMachine();
await memberByMember();
await wholeScan();
