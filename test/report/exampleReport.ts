import type { RobustnessReport } from '../../src/core/report.ts';

/** A whole report, as a scan of 2,000 examples would give it. */
export const exampleReport: RobustnessReport = {
  schemaVersion: 1,
  tool: { name: 'breakwater', version: '0.1.0' },
  measure: 'accuracy',
  model: {
    path: 'models/cnn/model.json',
    format: 'layers-model',
    sha256: 'ab'.repeat(32),
    inputShape: [28, 28, 1],
    classes: 10,
    parameters: 421_642,
    logits: 'before the final softmax',
  },
  dataset: { spec: 'fashion-mnist:test', sha256: 'cd'.repeat(32), examples: 2000, classHistogram: Array<number>(10).fill(200) },
  threat: { norm: 'linf', epsilon: 8 / 255, bounds: [0, 1] },
  engine: { name: 'onnxruntime', version: '1.30.0', threads: 1, workers: 2, rows: 'exact', reason: 'compiled and verified' },
  seed: 0,
  request: { model: 'models/cnn/model.json', data: 'fashion-mnist:test', attacks: 'fgsm,pgd', epsilon: '8/255', seed: 0 },
  seconds: 4.25,
  clean: { accuracy: 0.9, correct: 1800, total: 2000, interval: [0.886, 0.913] },
  attacks: [
    {
      name: 'fgsm', options: {}, norm: 'linf', epsilon: 8 / 255, robustAccuracy: 0.625, interval: [0.603, 0.646], successRate: 0.3056,
      medianDistance: null, gradientQueries: 1800, forwardQueries: 1800, errors: 0, seconds: 0.5,
    },
    {
      name: 'pgd', options: { steps: 40, restarts: 1 }, norm: 'linf', epsilon: 8 / 255, robustAccuracy: 0.032, interval: [0.025, 0.041],
      successRate: 0.9644, medianDistance: 0.031372, gradientQueries: 40_000, forwardQueries: 1800, errors: 0, seconds: 3.5,
    },
  ],
  worstCase: { robustAccuracy: 0.032, interval: [0.025, 0.041] },
  perClass: [
    { label: 0, total: 200, cleanAccuracy: 0.85, robustAccuracy: 0.01, attacks: [0.5, 0.01] },
    { label: 1, total: 200, cleanAccuracy: 0.98, robustAccuracy: 0.12, attacks: [0.8, 0.12] },
  ],
  predictions: [
    { label: 0, predicted: 0, clean: 170, worstCase: 2 },
    { label: 0, predicted: 6, clean: 30, worstCase: 198 },
    { label: 1, predicted: 1, clean: 196, worstCase: 24 },
    { label: 1, predicted: 3, clean: 4, worstCase: 176 },
  ],
  checks: [
    { id: 'stronger', title: 'Iterative is at least as strong as single-step', status: 'pass', value: null, advice: '' },
    { id: 'diversity', title: 'A gradient-free attack is among those run', status: 'warn', value: 'no', advice: 'Add one.' },
  ],
  gates: [],
  verdict: 'measured',
};
