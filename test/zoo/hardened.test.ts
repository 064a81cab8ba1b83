import { expect, test } from 'vitest';
import { resolve } from 'node:path';
import { bundledModel } from '../../models/bundled.ts';
import { scan } from '../../src/plan/scan.ts';

const hardened = resolve(bundledModel(), '../../fashion-cnn-hardened');

test('the hardened bundled model holds on many more images than the one it was made from', async () => {
  const request = { attacks: 'pgd(steps=10)', epsilon: 0.1, limit: 100, workers: 0 };
  const [before, after] = [await scan({ ...request, model: bundledModel() }), await scan({ ...request, model: hardened })];
  expect(after.clean.accuracy).toBeGreaterThan(0.75);
  expect(before.worstCase.robustAccuracy).toBeLessThan(0.2);
  expect(after.worstCase.robustAccuracy).toBeGreaterThan(0.5);
});
