import type { Comparison, PairedFigure } from '../../src/core/comparison.ts';
import { exampleReport } from './exampleReport.ts';

const share = (correct: number) => ({ accuracy: correct / 2000, correct, interval: [0, 1] as const });

/** Of 2,000 samples. */
export function figure(before: number, after: number, won: number): PairedFigure {
  const change = (after - before) / 2000;
  return { total: 2000, before: share(before), after: share(after), change, interval: [change - 0.01, change + 0.01], p: 0.0004, won, lost: won - after + before };
}

const { model, engine, dataset, threat } = exampleReport;
export const side = { model, engine: { name: engine.name, version: engine.version }, version: '0.1.0', seconds: 4.25, gradientQueries: 40_000, forwardQueries: 1800, failedChecks: [] };

/** Of two scans of 2,000 examples. */
export const exampleComparison: Comparison = {
  schemaVersion: 1,
  tool: exampleReport.tool,
  measure: 'accuracy',
  before: side,
  after: { ...side, model: { ...model, path: 'models/next/model.json', sha256: 'ef'.repeat(32) } },
  dataset: { spec: dataset.spec, sha256: dataset.sha256, examples: dataset.examples },
  threat,
  seed: 0,
  confidence: 0.95,
  clean: { ...figure(1800, 1810, 20), wonIds: [], lostIds: [] },
  attacks: [
    { attack: 'fgsm', norm: 'linf', epsilon: 8 / 255, ...figure(1250, 1200, 10) },
    { attack: 'blur', norm: 'none', epsilon: null, ...figure(1700, 1700, 0) },
  ],
  worstCase: { ...figure(640, 560, 12), wonIds: [3], lostIds: [1, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24] },
  perClass: [{ label: 7, clean: figure(1800, 1810, 20), worstCase: figure(640, 560, 12) }],
  warnings: ['another engine: onnxruntime 1.30.0 before, onnxruntime 1.31.0 after'],
  verdict: 'measured',
};
