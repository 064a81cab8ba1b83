/**
 * How long a user waits for a first answer. `npx tsx bench/startup.ts`, after `npm run build`.
 * Every figure is that of a fresh process, from its start or from the end of the step before.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package.ts';
import { interleaved } from './interleaved.ts';
import { milliseconds, printMachine, printTable } from './table.ts';

const dist = (file: string) => join(packageRoot, 'dist', file);
const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

const cli = dist('src/cli/main.js');
const processes = {
  'node alone': () => node('--eval', '0'),
  'breakwater --help': () => node(cli, '--help'),
  'breakwater scan --help': () => node(cli, 'scan', '--help'),
  'breakwater list attacks': () => node(cli, 'list', 'attacks'),
  "import 'breakwater'": () => node('--input-type=module', '--eval', "await import('breakwater')"),
  'breakwater scan --limit 1 --quiet': () => node(cli, 'scan', '--limit', '1', '--quiet'),
  'breakwater scan --limit 100 --quiet': () => node(cli, 'scan', '--limit', '100', '--quiet'),
};

/** What the first result waits for, step by step, in a process of its own. */
const steps = `
  const url = (file) => new URL(file, 'file://${packageRoot}/dist/').href;
  const times = [];
  let last = performance.now();
  const step = (name) => { const now = performance.now(); times.push([name, now - last]); last = now; };
  const { openModel } = await import(url('models/index.js'));
  const { bundledModel } = await import(url('models/bundled.js'));
  const model = await openModel(bundledModel());
  step('load TF.js, open the model');
  const { compileModel } = await import(url('src/engine/compile.js'));
  const { openCompiled } = await import(url('src/engine/compiledOracle.js'));
  const compiled = await compileModel(model, { batchSize: 128 });
  step('compile: trace, differentiate, lower');
  const oracle = await openCompiled(compiled, { threads: 1 });
  const points = new Float32Array(128 * oracle.size).fill(0.5);
  await oracle.predict(points, 128);
  step('open the forward session, predict a batch');
  await oracle.gradient(points, { kind: new Float32Array(128), a: new Float32Array(1280).fill(0.1), b: new Float32Array(1280) }, 128);
  step('open the gradient session, a gradient of a batch');
  console.log(JSON.stringify(times));
  process.exit(0);
`;

function stepTimes(rounds: number): [string, number][] {
  const taken = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    const times = JSON.parse(node('--input-type=module', '--eval', steps).trim().split('\n').at(-1) ?? '[]') as [string, number][];
    for (const [name, time] of times) taken.set(name, [...(taken.get(name) ?? []), time]);
  }
  return [...taken].map(([name, times]) => [name, times.toSorted((a, b) => a - b)[times.length >> 1] as number]);
}

printMachine();
const times = await interleaved(processes, { rounds: 9, warmUp: 1 });
const rows = Object.entries(times).map(([name, { median, spread: [fast] }]) => [name, milliseconds(median), milliseconds(fast)]);
printTable('whole processes: milliseconds', ['', 'median', 'first quartile'], rows);
printTable('the way to a first result: milliseconds', ['', 'median'], stepTimes(5).map(([name, time]) => [name, milliseconds(time)]));
