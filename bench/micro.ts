/**
 * What JavaScript costs: the vector primitives by themselves, and whole attacks through the scheduler with a model that
 * computes nothing. `npx tsx bench/micro.ts`
 */
import { ballOf } from '../src/core/ball.ts';
import { unitBounds } from '../src/core/bounds.ts';
import type { Norm } from '../src/core/norms.ts';
import { randomOf } from '../src/core/random.ts';
import { attackRun, javascriptPerQuery } from './attackRun.ts';
import { processorClock as clock } from './clocks.ts';
import { interleaved } from './interleaved.ts';
import { nullOracle } from './nullOracle.ts';
import { printMachine, printTable } from './table.ts';

/** As many rows as a batch in flight: more than the first-level cache holds, as in a scan. */
const rows = 256;
const size = 784;
const norms = ['linf', 'l2', 'l1'] as const satisfies readonly Norm[];
const epsilons = { linf: 0.1, l2: 1.5, l1: 12 } as const;

const random = randomOf(0, 'micro');
const vectors = (draw: () => number) =>
  Array.from({ length: rows }, () => Float32Array.from({ length: size }, draw));

async function primitives(): Promise<void> {
  const xs = vectors(() => random.uniform());
  const gradients = vectors(() => random.normal());
  const points = vectors(() => random.uniform());
  const cases: Record<string, () => void> = {};
  for (const norm of norms) {
    const balls = xs.map((x) => ballOf({ norm, epsilon: epsilons[norm], x, bounds: unitBounds }));
    let turn = 0;
    cases[`${norm} step`] = () => {
      turn++;
      for (const [i, ball] of balls.entries()) {
        ball.step(points[i] as Float32Array, gradients[(i + turn) % rows] as Float32Array, epsilons[norm] / 16);
      }
    };
    cases[`${norm} sample`] = () => {
      for (const ball of balls) ball.sample(random);
    };
  }
  const times = await interleaved(cases, { rounds: 31, warmUp: 8, clock });
  const each = (milliseconds: number) => ((milliseconds * 1000) / rows / (size / 1000)).toFixed(2);
  const table = Object.entries(times).map(([name, { median, spread: [fast] }]) => [name, each(median), each(fast)]);
  printTable(`vector primitives, ${size} values: µs per 1,000 values`, ['', 'median', 'first quartile'], table);
}

const attacks = [
  { name: 'pgd', norm: 'linf', options: { steps: 40 } },
  { name: 'pgd', norm: 'l2', options: { steps: 40 } },
  { name: 'pgd', norm: 'l1', options: { steps: 40 } },
  { name: 'apgd-ce', norm: 'linf', options: { steps: 100 } },
  { name: 'apgd-ce', norm: 'l2', options: { steps: 100 } },
  { name: 'square', norm: 'linf', options: { queries: 500 } },
] as const;

/** Batches of examples to one run: a scan has more, and its first examples find the code not yet compiled. */
const batches = { 128: 4, 4: 1 } as const;

async function scheduling(): Promise<void> {
  const table: string[][] = [];
  for (const [shape, batchSize] of [[[28, 28, 1], 128], [[32, 32, 3], 128], [[224, 224, 3], 4]] as const) {
    const oracle = nullOracle(shape, batchSize);
    const { size } = oracle;
    const examples = Array.from({ length: batches[batchSize] * batchSize }, (_, id) => (
      { id, x: Float32Array.from({ length: size }, () => random.uniform()), y: 0 }
    ));
    for (const { name, norm, options } of attacks) {
      const runs: number[] = [];
      for (let round = 0; round < 4; round++) {
        const run = await attackRun(oracle, examples, { name, options }, { norm, epsilon: epsilons[norm] });
        if (round > 0) runs.push(javascriptPerQuery(run, size));
      }
      runs.sort((a, b) => a - b);
      table.push([`${name} ${norm}`, `${size}`, (runs[1] as number).toFixed(2), (runs[0] as number).toFixed(2)]);
    }
  }
  printTable('attacks on a null model: µs of JavaScript per query of 1,000 values', ['', 'values', 'median', 'least'], table);
}

printMachine();
await primitives();
await scheduling();
