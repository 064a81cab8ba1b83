import { stdout } from 'node:process';
import { expect } from 'vitest';
import { needs } from '../../support/needs.ts';
import { backendCases, complaint, opsetOf, opsOf } from './backendCase.ts';
import { exclusions, type Exclusion } from './backendExclusions.ts';

/** Those of version 1.12 of the package. A later one has more: of later opsets, see opRows.ts; and of ai.onnx.ml. */
const nodes = backendCases('node').filter((name) => opsetOf(name) <= 17 && !name.includes('ai_onnx_ml'));
const present = needs('libonnx-testdata', nodes.length > 0);

/** What a case is left out by, as it stands in the list. */
function entryOf(name: string, { ops = [], names = [] }: Exclusion): string | undefined {
  const found = opsOf(name);
  return ops.find((op) => found.has(op)) ?? names.find((pattern) => matches(pattern, name.replace('node/test_', '')));
}

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

present("the ONNX project's own node tests pass, but for those listed", async () => {
  const counts = new Map(exclusions.map(({ reason }) => [reason, 0]));
  const idle = new Set(exclusions.flatMap(({ ops = [], names = [] }) => [...ops, ...names]));
  const [failing, passing]: [string[], string[]] = [[], []];
  for (const name of nodes) {
    const exclusion = exclusions.find((each) => entryOf(name, each) !== undefined);
    const complains = await complaint(name);
    if (complains !== undefined && !exclusion) failing.push(`${name}: ${complains}`);
    if (!exclusion) continue;
    if (complains === undefined) passing.push(`${name}: listed under '${exclusion.reason}'`);
    counts.set(exclusion.reason, (counts.get(exclusion.reason) ?? 0) + 1);
    idle.delete(entryOf(name, exclusion) as string);
  }
  const left = [...counts.values()].reduce((a, b) => a + b, 0);
  stdout.write(`ONNX's node tests: ${nodes.length - left} of ${nodes.length} pass; left out are\n`);
  for (const [reason, count] of counts) stdout.write(`${String(count).padStart(5)}  ${reason}\n`);
  expect({ failing, passing }).toEqual({ failing: [], passing: [] });
  if (nodes.length === 932) expect([...idle]).toEqual([]);
});

present('small networks that PyTorch exported give what PyTorch gave', async () => {
  const failing: string[] = [];
  for (const name of [...backendCases('pytorch-converted'), ...backendCases('pytorch-operator')]) {
    const complains = await complaint(name);
    if (complains !== undefined) failing.push(`${name}: ${complains}`);
  }
  expect(failing).toEqual([]);
});
