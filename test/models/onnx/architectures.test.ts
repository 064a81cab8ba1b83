import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.ts';
import { randomOf } from '../../../src/core/random.ts';
import { openEngine, type OpenedEngine } from '../../../src/engine/choose.ts';
import { sizeOf } from '../../../src/graph/broadcast.ts';
import type { OnnxFile } from '../../support/onnxFile.ts';
import { convnext, efficientnet, resnet, unet } from '../../support/onnxNets/convolutional.ts';
import { swin } from '../../support/onnxNets/swin.ts';
import { mixer, vit, vit17 } from '../../support/onnxNets/transformers.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

const seed = 3;
const images = (count: number, size: number): Float32Array => {
  const random = randomOf(seed, 'images');
  return Float32Array.from({ length: count * size }, () => random.uniform());
};

async function verified(name: string, file: OnnxFile, batchSize?: number): Promise<{ engine: OpenedEngine; notes: string[] }> {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, file.bytes());
  const model = await openModel(path);
  const notes: string[] = [];
  const engine = await openEngine(model, {
    engine: 'onnxruntime',
    ...(batchSize !== undefined && { batchSize }),
    workers: 0,
    probe: images(8, sizeOf(model.inputShape)),
    bounds: { lower: 0, upper: 1 },
    note: (line) => notes.push(line),
  });
  return { engine, notes };
}

const nets = { vit, vit17, swin, mixer, resnet, convnext, efficientnet, unet };

describe.each(Object.entries(nets))('%s, as an exporter writes it', (name, build) => {
  test('compiles, gives the logits of ONNX Runtime on the file, and its gradient is that of central differences', async () => {
    const { engine, notes } = await verified(name, build({ seed }), 8);
    expect(notes).toEqual([]);
    // Verification has refused what is beyond its limits; rounding stays far below them.
    expect(engine.info.reason).toMatch(/logits within (0|\de-[678]) of ONNX Runtime, gradient within \de-[3-6] of central differences/);
    expect(engine.info.rows).toBe('exact');
    expect(engine.info.gradient).toBeUndefined(); // no op is said to stop it
    await engine.close();
  });

  test('runs in batches, though the file was made for one row', async () => {
    const { engine, notes } = await verified(`${name}-1`, build({ seed, oneRow: true }));
    expect(notes).toEqual([]);
    expect(engine.oracle.batchSize).toBeGreaterThan(1);
    await engine.close();
  });
});
