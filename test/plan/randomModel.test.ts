import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RobustnessReport } from '../../src/core/report.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import { scan, type ScanRequest } from '../../src/index.ts';
import { digitsTest } from '../support/digits.ts';
import { digitsTwin } from '../support/quantizedDigits.ts';
import { tableOf } from '../support/tableOf.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-noise-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the conformance net behind a layer of noise', () => {
  const model = join(folder, 'noisy.onnx');
  let request: ScanRequest;
  let report: RobustnessReport;
  const recordsOf = (out: string) => readRecords(join(folder, out, 'samples.jsonl')).sort((a, b) => a.id - b.id || a.attack.localeCompare(b.attack));

  beforeAll(async () => {
    writeFileSync(model, (await digitsTwin('noisy')).bytes());
    const { images, labels } = await digitsTest();
    const rows = images.slice(0, 64).map((image, i) => [Float32Array.from(image, (value) => value / 16), labels[i]!] as const);
    request = { model, data: tableOf('digits', [8, 8, 1], rows), attacks: 'fgsm,pgd(steps=20)', epsilon: 0.1, workers: 0 };
    report = await scan({ ...request, out: join(folder, 'all') });
  });

  test('is verified with its numbers given, and its adversarial examples fool the file by the same numbers', () => {
    expect(report.engine.reason).toMatch(/logits within \S+ of ONNX Runtime, gradient within/);
    expect(report.checks.find(({ id }) => id === 'reverified')).toMatchObject({ status: 'pass', value: 0 });
    expect(report.checks.find(({ id }) => id === 'silent-success')?.status).toBe('pass');
  });

  test('is not saved by luck: PGD, which could stop at a lucky draw, breaks at least what FGSM does', () => {
    const [fgsm, pgd] = report.attacks.map(({ robustAccuracy }) => robustAccuracy);
    expect(report.clean.accuracy).toBeGreaterThan(0.9);
    expect(pgd).toBeLessThanOrEqual(fgsm!);
    expect(pgd).toBeLessThan(0.6);
  });

  test('comes to the same records in batches of three', async () => {
    await scan({ ...request, batchSize: 3, out: join(folder, 'three') });
    expect(recordsOf('three')).toEqual(recordsOf('all'));
  });

  test('and to others by another seed', async () => {
    await scan({ ...request, seed: 1, out: join(folder, 'seeded') });
    expect(recordsOf('seeded')).not.toEqual(recordsOf('all'));
  });
});
