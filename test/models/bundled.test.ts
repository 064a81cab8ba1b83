import { expect, test } from 'vitest';
import { bundledModel } from '../../models/bundled.ts';
import { openModel } from '../../models/index.ts';

test('the bundled model opens and takes Fashion-MNIST images', async () => {
  const model = await openModel(bundledModel());
  expect(model).toMatchObject({ format: 'layers-model', inputShape: [28, 28, 1], classes: 10, logits: 'before the final softmax' });
  model.close();
});
