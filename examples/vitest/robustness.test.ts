/** Robustness thresholds as tests, here of the bundled model: `npx vitest run --config examples/vitest/vitest.config.ts`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fgsm, openModel, pgd } from 'breakwater';
import type { SavedModel } from 'breakwater';
import 'breakwater/vitest';

const on = 'fashion-mnist:test';
let model: SavedModel;

beforeAll(async () => {
  model = await openModel('models/zoo/fashion-cnn');
});
afterAll(() => model.close());

describe('the release', () => {
  test('is right without an attack', async () => {
    await expect(model).toHaveCleanAccuracy({ on, limit: 500, atLeast: 0.85 });
  });

  test('withstands a small step', async () => {
    await expect(model).toWithstand(fgsm({ epsilon: 4 / 255 }), { on, limit: 500, atLeast: 0.65 });
  });

  test.each([
    [2 / 255, 0.7],
    [4 / 255, 0.5],
  ])('withstands PGD at epsilon %f', async (epsilon, atLeast) => {
    await expect(model).toWithstand(pgd({ epsilon, steps: 20 }), { on, limit: 500, atLeast });
  });
});
