import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.ts';
import { randomOf } from '../../../src/core/random.ts';
import { openEngine } from '../../../src/engine/choose.ts';
import { convnext, efficientnet, resnet, unet } from '../../support/onnxNets/convolutional.ts';
import { mixer, vit, vit17 } from '../../support/onnxNets/transformers.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

const seed = 3;
const images = (count: number, size: number): Float32Array => {
  const random = randomOf(seed, 'images');
  return Float32Array.from({ length: count * size }, () => random.uniform());
};

describe.each(Object.entries({ vit, vit17, mixer, resnet, convnext, efficientnet, unet }))('%s, as an exporter writes it', (name, build) => {
  test('compiles, gives the logits of ONNX Runtime on the file, and its gradient is that of central differences', async () => {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, build(seed).bytes());
    const model = await openModel(path);
    const size = model.inputShape.reduce((product, n) => product * n, 1);
    const notes: string[] = [];
    const engine = await openEngine(model, {
      engine: 'onnxruntime',
      batchSize: 8,
      workers: 0,
      probe: images(8, size),
      bounds: { lower: 0, upper: 1 },
      note: (line) => notes.push(line),
    });
    try {
      expect(notes).toEqual([]);
      expect(engine.oracle.differentiable).toBe(true);
      // Verification has refused what is beyond its limits; rounding stays far below them.
      expect(engine.info.reason).toMatch(/logits within (0|\de-[678]) of ONNX Runtime, gradient within \de-[3-6] of central differences/);
      expect(engine.info.rows).toBe('exact');
    } finally {
      await engine.close();
      model.close();
    }
  });
});
