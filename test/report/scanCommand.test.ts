import { expect, test } from 'vitest';
import { scanCommand } from '../../src/report/scanCommand.ts';

const request = { model: 'model.onnx', data: 'images:./holdout', attacks: 'fgsm,pgd(steps=100)', epsilon: '8/255', seed: 3 };

test('is the line that makes the scan again', () => {
  expect(scanCommand(request)).toBe("npx breakwater scan model.onnx --attack 'fgsm,pgd(steps=100)' --data images:./holdout --epsilon 8/255 --seed 3");
});

test.each([
  [{ shuffle: true, curve: false }, ' --shuffle'],
  [{ skipUnreadable: true, inputShape: [224, 224, 3] }, ' --skip-unreadable --input-shape 224,224,3'],
  [{ range: [-1, 1], mean: '.485,.456' }, ' --range=-1..1 --mean .485,.456'],
  [{ label: "it's $(here)" }, ` --label 'it'\\''s $(here)'`],
  [{ label: 'a\u001b[2J\nb' }, " --label 'a\\u001b[2J\\u000ab'"],
])('names what was asked beside it (%#)', (fields, flags) => {
  expect(scanCommand({ ...request, ...fields })).toBe(`${scanCommand(request)}${flags}`);
});
