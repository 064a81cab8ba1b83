import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openModel } from '../../models/index.ts';
import { UserError } from '../../src/core/errors.ts';
import { randomOf } from '../../src/core/random.ts';
import { openEngine } from '../../src/engine/choose.ts';
import { firstDiffering } from '../../src/engine/divergence.ts';
import type { Graph } from '../../src/graph/ir.ts';
import type { FileNode, OnnxModel } from '../../src/graph/model.ts';
import { OnnxFile } from '../support/onnxFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-divergence-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two branches that meet: one through Tanh and Exp, one through Abs. */
async function branches(): Promise<OnnxModel> {
  const file = new OnnxFile(17);
  const wave = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(1 + 2.3 * i));
  const x = file.input('x', ['N', 4]);
  const left = file.node('Exp', [file.node('Tanh', [file.node('MatMul', [x, file.weights(wave(12), [4, 3])])])]);
  const right = file.node('Abs', [file.node('MatMul', [x, file.weights(wave(12).reverse(), [4, 3])])]);
  file.output(file.node('Mul', [file.node('Add', [left, right]), file.weights([1, 2, 3])]));
  const path = join(folder, 'model.onnx');
  writeFileSync(path, file.bytes());
  return (await openModel(path)) as OnnxModel;
}

/** As if the front end took one op for another. */
function mistaking(model: OnnxModel, op: string, other: string): OnnxModel {
  const changed = <Made extends Graph>(graph: Made): Made => {
    for (const node of graph.nodes) if (node.op === op) Object.assign(node, { op: other });
    return graph;
  };
  return {
    ...model,
    trace: async (batch) => changed(await model.trace(batch)),
    examine: async (batch) => {
      const examined = await model.examine(batch);
      changed(examined.graph);
      return examined;
    },
  };
}

function opened(model: OnnxModel) {
  const probe = Float32Array.from({ length: 64 }, (_, i) => (0.31 + i * 0.618034) % 1);
  return openEngine(model, { engine: 'auto', workers: 0, probe, bounds: { lower: 0, upper: 1 }, note: () => undefined });
}

test('as it is, the model is verified', async () => {
  await (await opened(await branches())).close();
});

test.each([
  ['Tanh', 'Softsign', "Tanh '/Tanh_tanh_1'"],
  ['Abs', 'Neg', "Abs '/Abs_abs_4'"],
  ['Mul', 'Div', "Mul '/Mul_mul_6'"],
])('a model whose %s is taken for %s is refused, by that node', async (op, other, node) => {
  const refused = opened(mistaking(await branches(), op, other));
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow(/failed verification: logits against the original model: relative error \d\.\de[+-]\d+, at most 0\.001 expected; the first node that differs is /);
  await expect(refused).rejects.toThrow(`the first node that differs is ${node}`);
});

test('a graph that went wrong after it was imported is told apart', async () => {
  const model = await branches();
  const mistaken = mistaking(model, 'Abs', 'Neg');
  const passes: OnnxModel = { ...model, trace: (batch) => mistaken.trace(batch) };
  await expect(opened(passes)).rejects.toThrow(/every node of the file agrees by itself, so that a pass of breakwater over the graph is at fault/);
});

describe('of any graph', () => {
  test.each(Array.from({ length: 50 }, (_, seed) => seed))('the node found is one where a difference begins (seed %i)', async (seed) => {
    const random = randomOf(seed, 'graphs');
    const nodes = Array.from({ length: 30 }, (_, at): FileNode => {
      const inputs = at === 0 ? ['x'] : Array.from({ length: 1 + random.integer(2) }, () => `${random.integer(at)}`);
      return { op: 'Op', name: `${at}`, inputs, outputs: [`${at}`] };
    });
    const wrong = new Set([random.integer(30), random.integer(30)]);
    const differs = nodes.map(() => false);
    nodes.forEach(({ inputs }, at) => (differs[at] = wrong.has(at) || inputs.some((input) => differs[Number(input)] === true)));
    const last = differs.lastIndexOf(true);
    const found = await firstDiffering(nodes, (at) => Promise.resolve(differs[at]!), last);
    expect(differs[found]).toBe(true);
    expect(nodes[found]!.inputs.some((input) => differs[Number(input)])).toBe(false);
  });
});
