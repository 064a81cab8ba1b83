import { join } from 'node:path';
import { openModel } from '../../models/index.ts';
import { openEngine } from '../../src/engine/choose.ts';
import { OnnxFile } from '../support/onnxFile.ts';
import { treesBytes } from '../support/trees.ts';
import { weightsBeside } from '../support/weightsBeside.ts';
import { spoilFloats } from './mutations.ts';
import type { SeedFiles } from './seedFiles.ts';
import { spoilOnnx } from './spoilOnnx.ts';

/** ONNX files: weights within and beside, and one that gives no gradients. */
export function onnxSeeds(): Record<string, SeedFiles> {
  const beside = weightsBeside(cnn().model(), 'weights.bin');
  const stumps = [{ at: 0, below: 0.5, left: [0.6, 0.1], right: [0, 0.3] }];
  return {
    'onnx cnn': seed({ 'model.onnx': Buffer.from(cnn().bytes()) }),
    'onnx external': seed({ 'model.onnx': Buffer.from(beside.bytes), 'weights.bin': beside.data }),
    'onnx trees': seed({ 'model.onnx': Buffer.from(treesBytes(stumps, 2, { zipMap: true })) }),
  };
}

function seed(files: Readonly<Record<string, Buffer>>): SeedFiles {
  return { files, spoil: (file) => (file.endsWith('.onnx') ? spoilOnnx : spoilFloats), use: runOnnx };
}

function cnn(): OnnxFile {
  const file = new OnnxFile(17);
  const wave = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(1 + 2.3 * i));
  const kernel = file.weights(wave(18), [2, 1, 3, 3]);
  const conv = file.node('Conv', [file.input('x', ['N', 1, 4, 4]), kernel, file.weights(wave(2))], { pads: [1, 1, 1, 1], strides: [2, 2] });
  const pooled = file.node('AveragePool', [file.node('Tanh', [conv])], { kernel_shape: [2, 2] });
  const flat = file.node('Reshape', [pooled, file.ints([-1, 2])]);
  file.output(file.node('Softmax', [file.node('Gemm', [flat, file.weights(wave(6), [2, 3])])], { axis: 1 }), ['N', 3]);
  return file;
}

/** Opened, compiled and verified, or run as it is: all that a scan does before its first attack. */
async function runOnnx(folder: string): Promise<void> {
  const model = await openModel(join(folder, 'model.onnx'));
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  const probe = Float32Array.from({ length: 8 * size }, (_, i) => (0.3 + i * 0.618034) % 1);
  const bounds = { lower: 0, upper: 1 };
  const engine = await openEngine(model, { engine: 'auto', workers: 0, batchSize: 2, probe, bounds, note: () => undefined });
  await engine.close();
}
