/**
 * Damaged files against every reader and model loader: each must open or be refused in one line, within 10 s and
 * 1 GB. `npx tsx bench/fuzz.ts [--cases 3000] [--seed 1] [--group data|tfjs|onnx]`; `--replay N` shows one case of the group.
 */
import { parseArgs } from 'node:util';
import { fuzz, total, type Outcome } from '../test/fuzz/fuzz.ts';
import { runCase } from '../test/fuzz/fuzzCase.ts';
import { seedFiles, type Group } from '../test/fuzz/seedFiles.ts';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '3000' }, seed: { type: 'string', default: '1' }, group: { type: 'string' }, replay: { type: 'string' } } });
const group = values.group as Group | undefined;
const outcomes = ['ok', 'line', 'internal error', 'crash', 'hang', 'memory'] as const satisfies readonly Outcome[];

if (values.replay === undefined) process.exitCode = await run(Number(values.cases), Number(values.seed));
else console.log(await runCase(await seedFiles(group), Number(values.replay)));

async function run(cases: number, seed: number): Promise<number> {
  const started = performance.now();
  // Far apart, so that runs of neighbouring seeds share no case.
  const numbers = Array.from({ length: cases }, (_, i) => seed * 1_000_000 + i);
  const tally = await fuzz({ numbers, processes: 2, ...(group !== undefined && { group }) });
  console.log(`seed ${seed}: ${cases} cases, ${tally.structured} of them damaged where the format has a meaning, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.table(Object.fromEntries([...tally.counts].map(([name, row]) => [name, Object.fromEntries(outcomes.map((outcome) => [outcome, row.get(outcome) ?? 0]))])));
  const refused = total(tally, 'line');
  console.log(`${refused} refused in one line (${((100 * refused) / cases).toFixed(1)} %), ${total(tally, 'ok')} opened, ${tally.failures.length} failed; at most ${Math.round(tally.peak / 2 ** 20)} MB`);
  for (const { number, outcome, text } of tally.failures) console.log(`\n${outcome}, replay with --replay ${number}:\n${text}`);
  return tally.failures.length === 0 && refused >= cases / 2 ? 0 : 1;
}
