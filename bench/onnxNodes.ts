/**
 * Random ONNX nodes of every opset: our graph must give what ONNX Runtime gives on the file.
 * `npx tsx bench/onnxNodes.ts [--nodes 2000] [--seed 1]`
 */
import { parseArgs } from 'node:util';
import { randomOf } from '../src/core/random.ts';
import { evaluate } from '../src/engine/evaluate.ts';
import { sameShape } from '../src/graph/broadcast.ts';
import type { TensorData } from '../src/graph/ir.ts';
import { fileOf, imported, original } from '../test/support/onnxNode.ts';
import { printTable } from './table.ts';
import { randomNode, type RandomNode } from './onnxNodes/randomNode.ts';

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } } });
const outcomes = ['agrees', 'refused by both', 'refused by ONNX Runtime', 'refused by us', 'disagrees'] as const;
type Outcome = (typeof outcomes)[number];

const attempt = async <T>(action: () => Promise<T>): Promise<T | Error> => {
  try {
    return await action();
  } catch (error) {
    return error as Error;
  }
};

async function compare({ op, row }: RandomNode): Promise<{ outcome: Outcome; why?: string }> {
  const file = fileOf(op, row);
  const expected = await attempt(() => original(file, row));
  const found = await attempt(async () => {
    const { graph, values } = imported(file, row);
    for (const [name, value] of values) if (name === 'y0') graph.output(name, value);
    return evaluate(graph, { x: row.inputs[0]?.data as TensorData });
  });
  if (expected instanceof Error) return { outcome: found instanceof Error ? 'refused by both' : 'refused by ONNX Runtime' };
  if (found instanceof Error) return { outcome: 'refused by us', why: found.message };
  const [theirs, ours] = [expected.get('y0'), found.get('y0')];
  if (!theirs || !ours || !sameShape(theirs.dims, ours.shape)) return { outcome: 'disagrees', why: `[${ours?.shape.join()}], not [${theirs?.dims.join()}]` };
  const error = farthest(numbers(ours.data), numbers(theirs.data));
  return error < 2e-5 ? { outcome: 'agrees' } : { outcome: 'disagrees', why: `by ${error}` };
}

const numbers = (data: TensorData): number[] => Array.from(data as ArrayLike<number | bigint>, Number);

/** The largest difference, relative to numbers beyond 1. */
const farthest = (found: readonly number[], expected: readonly number[]): number =>
  expected.reduce((most, value, i) => {
    const own = found[i] as number;
    const same = own === value || Object.is(own, value);
    return same ? most : Math.max(most, Number.isFinite(own - value) ? Math.abs(own - value) / Math.max(1, Math.abs(value)) : Infinity);
  }, 0);

const counts = new Map<string, Map<Outcome, number>>();
for (let i = 0; i < Number(values.nodes); i++) {
  const node = randomNode(randomOf(Number(values.seed), 'node', i));
  const { outcome, why } = await compare(node);
  const row = counts.get(node.op) ?? new Map<Outcome, number>();
  counts.set(node.op, row.set(outcome, (row.get(outcome) ?? 0) + 1));
  if (outcome !== 'disagrees') continue;
  process.exitCode = 1;
  const shapes = node.row.inputs.map((input) => `[${input?.shape.join() ?? ''}]`).join(' ');
  console.log(`node ${i}: ${node.op} of opset ${node.row.opset} on ${shapes} ${JSON.stringify(node.row.attributes)} disagrees: ${why}`);
}
const rows = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([op, row]) => [op, ...outcomes.map((outcome) => String(row.get(outcome) ?? ''))]);
printTable(`${values.nodes} random nodes, seed ${values.seed}`, ['op', ...outcomes], rows);
