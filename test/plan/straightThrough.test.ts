import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { randomOf } from '../../src/core/random.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import { scan, type ScanRequest } from '../../src/index.ts';
import { digitsTest } from '../support/digits.ts';
import { OnnxFile } from '../support/onnxFile.ts';
import { digitsTwin } from '../support/quantizedDigits.ts';
import { tableOf } from '../support/tableOf.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-straight-'));
afterAll(() => rmSync(folder, { recursive: true }));

function saved(name: string, file: OnnxFile): string {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, file.bytes());
  return path;
}

const checkOf = (report: RobustnessReport, id: string) => report.checks.find((check) => check.id === id);
const common = { workers: 0, attacks: 'pgd(steps=10)', epsilon: 0.1 } satisfies ScanRequest;

test('a scan of a quantised model says what its gradients are, and what they were verified against', async () => {
  const { images, labels } = await digitsTest();
  const rows = images.slice(0, 64).map((image, i) => [Float32Array.from(image, (value) => value / 16), labels[i]!] as const);
  const data = tableOf('digits', [8, 8, 1], rows);
  const report = await scan({ ...common, model: saved('qlinear', await digitsTwin('qlinear')), data });
  const ops = ['QuantizeLinear', 'QLinearConv', 'QLinearMatMul'];
  expect(report.engine.gradient).toEqual({ straightThrough: ops, ends: [], reaches: true });
  expect(report.engine.reason).toMatch(/logits within 0 of ONNX Runtime, straight-through gradient at cosine 1\.00 to that of the unquantised path/);
  expect(checkOf(report, 'gradient-path')).toMatchObject({ status: 'pass', advice: expect.stringContaining(ops.join(', ')) as string });
  expect(report.worstCase.robustAccuracy).toBeLessThan(report.clean.accuracy - 0.3);
});

describe('a linear model of inputs rounded to 16 levels', () => {
  const size = 12;
  const file = new OnnxFile(17);
  const x = file.input('x', ['N', size]);
  file.output('y', ['N', 3]);
  const weights = Array.from({ length: 3 * size }, (_, i) => Math.sin(2.3 * i));
  const levels = file.node('Round', [file.node('Mul', [x, file.weights([16], [])])]);
  file.node('MatMul', [levels, file.weights(weights, [size, 3])], {}, { outputs: ['y'] });
  const model = saved('rounded', file);
  const random = randomOf(3);
  const data = tableOf('random', [size], Array.from({ length: 48 }, () => {
    const point = Float32Array.from({ length: size }, () => 0.3 + 0.4 * random.uniform());
    const scores = [0, 1, 2].map((k) => point.reduce((sum, value, i) => sum + Math.round(16 * value) * weights[3 * i + k]!, 0));
    return [point, scores.indexOf(Math.max(...scores))] as const;
  }));

  test('has no gradient, and the scan names the op and node and fails', async () => {
    const report = await scan({ ...common, model, data });
    expect(report.engine.gradient).toMatchObject({ straightThrough: [], reaches: false });
    expect(checkOf(report, 'gradient-path')).toMatchObject({ status: 'fail', value: 1, advice: expect.stringMatching(/^Round '\/Round_round_1' lets none through/) as string });
    expect(checkOf(report, 'gradients-exist')?.status).toBe('fail');
    expect(report.verdict).toBe('inconclusive');
  });

  test('straight through, it falls', async () => {
    const report = await scan({ ...common, model, data, straightThrough: true });
    const before = await scan({ ...common, model, data });
    expect(report.engine.gradient).toEqual({ straightThrough: ['Round'], ends: [], reaches: true });
    expect(report.engine.reason).toContain('straight-through gradient at cosine 1.00');
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(report.worstCase.robustAccuracy).toBeLessThan(before.worstCase.robustAccuracy - 0.3);
  });
});
