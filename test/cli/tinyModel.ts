import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A TF.js LayersModel on disk, written by hand: 2×3 images, flattened, one dense layer of two classes, softmax. It says
 * 1 where the first pixel is above one half, so the Linf distance of an image to the boundary is |first pixel − 0.5|.
 */
export function saveTinyModel(folder: string, change: TinyModelChange = {}): string {
  mkdirSync(folder, { recursive: true });
  const size = (change.inputShape ?? [2, 3, 1]).reduce((product, side) => product * side, 1);
  const weights = change.weights ?? [-1, 1, ...Array<number>(2 * (size - 1)).fill(0), 0.5, -0.5];
  writeFileSync(join(folder, 'weights.bin'), Buffer.from(Float32Array.from(weights).buffer));
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ format: 'layers-model', modelTopology: topology(change), weightsManifest: manifest(size) }));
  return folder;
}

export interface TinyModelChange {
  readonly inputShape?: readonly number[];
  readonly weights?: readonly number[];
  readonly layerClass?: string;
}

function topology({ inputShape = [2, 3, 1], layerClass = 'Flatten' }: TinyModelChange) {
  const layers = [
    { class_name: layerClass, config: { name: 'flatten', batch_input_shape: [null, ...inputShape], dtype: 'float32' } },
    { class_name: 'Dense', config: { name: 'dense', units: 2, activation: 'softmax', use_bias: true } },
  ];
  return { class_name: 'Sequential', config: { name: 'tiny', layers }, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' };
}

function manifest(size: number) {
  const weights = [
    { name: 'dense/kernel', shape: [size, 2], dtype: 'float32' },
    { name: 'dense/bias', shape: [2], dtype: 'float32' },
  ];
  return [{ paths: ['weights.bin'], weights }];
}
