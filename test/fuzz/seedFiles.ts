import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LayersModel } from '@tensorflow/tfjs';
import sharp from 'sharp';
import { openDataset } from '../../datasets/index.ts';
import { openEager } from '../../src/engine/eager/openEager.ts';
import { Untraceable } from '../../src/graph/ir.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { threeImages, threeLabels } from '../datasets/idxFiles.ts';
import { npyBytes, zipBytes } from '../datasets/npyFiles.ts';
import { attr, floats, graphOf, node, placeholder, writeGraph } from '../support/graphModel.ts';
import { mlp, residual, seeded, smallCnn } from '../support/nets.ts';
import { openTfjs } from '../support/openTfjs.ts';
import { saveModel } from '../support/saveModel.ts';
import { spoilCsv, spoilFloats, spoilGzip, spoilIdx, spoilJpeg, spoilNpy, spoilPng, spoilZip, type Mutation } from './mutations.ts';
import { onnxSeeds } from './onnxSeeds.ts';
import { spoilJson } from './spoilJson.ts';

/** Files that are right, and how a program uses them. */
export interface SeedFiles {
  readonly files: Readonly<Record<string, Buffer>>;
  /** What knows the format of a file. */
  readonly spoil: (file: string) => Mutation;
  /** Opens what lies in the folder and uses all of it. */
  readonly use: (folder: string) => Promise<void>;
}

export type Group = keyof typeof groups;

/** What can be damaged by itself. */
const groups = { data: dataFiles, tfjs: tfjsModels, onnx: () => Promise.resolve(onnxSeeds()) };

/** One of every reader and of every kind of model, or of one group. */
export async function seedFiles(group?: Group): Promise<Readonly<Record<string, SeedFiles>>> {
  const made = await Promise.all((group === undefined ? Object.values(groups) : [groups[group]]).map((make) => make()));
  return Object.assign({}, ...made) as Record<string, SeedFiles>;
}

async function dataFiles(): Promise<Record<string, SeedFiles>> {
  const x = npyBytes('<f4', [3, 2], Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0));
  const y = npyBytes('|u1', [3], Uint8Array.of(2, 0, 1));
  const data = (files: Record<string, Buffer>, spec: (folder: string) => string, spoil: (file: string) => Mutation): SeedFiles => ({
    files,
    spoil,
    use: (folder) => readAll(spec(folder)),
  });
  return {
    idx: data({ images: threeImages, labels: threeLabels }, (folder) => `idx:${folder}/images,${folder}/labels`, () => spoilIdx),
    'idx.gz': data({ images: gzipSync(threeImages), labels: gzipSync(threeLabels) }, (folder) => `idx:${folder}/images,${folder}/labels`, () => spoilGzip(spoilIdx)),
    npy: data({ 'x.npy': x, 'y.npy': y }, (folder) => `npy:${folder}/x.npy,${folder}/y.npy`, () => spoilNpy),
    npz: data({ 'set.npz': zipBytes({ 'x.npy': x, 'y.npy': y }) }, (folder) => `npz:${folder}/set.npz`, () => spoilZip(spoilNpy)),
    csv: data({ 'set.csv': Buffer.from('a,b,label\n0,1,cat\n0.5,.25,dog\n1,0,bird\n') }, (folder) => `csv:${folder}/set.csv`, () => spoilCsv),
    images: data(await imageFiles(), (folder) => `images:${folder}`, (file) => (file.endsWith('.png') ? spoilPng : spoilJpeg)),
  };
}

async function readAll(spec: string): Promise<void> {
  const dataset = await openDataset(spec, { shape: [2, 2, 1], classCount: 3 });
  for await (const { x } of dataset.read()) if (!x.data.every(Number.isFinite)) throw new Error('a value that is not finite got through');
}

async function imageFiles(): Promise<Record<string, Buffer>> {
  const image = (background: string) => sharp({ create: { width: 5, height: 4, channels: 3, background } });
  return { 'a/1.png': await image('red').png().toBuffer(), 'b/1.jpg': await image('green').jpeg().toBuffer(), 'c/1.png': await image('blue').png({ palette: true }).toBuffer() };
}

async function tfjsModels(): Promise<Record<string, SeedFiles>> {
  const tf = await loadTf();
  const saved = async (model: LayersModel): Promise<SeedFiles> => modelFiles(await saveModel(model));
  return {
    'layers mlp': await saved(mlp(tf)),
    'layers cnn': await saved(smallCnn(tf, { inputShape: [6, 6, 1] })),
    'layers residual': await saved(residual(tf, { inputShape: [4, 4, 1] })),
    'layers wide': await saved(wide(tf)),
    graph: await modelFiles(await writeGraph(smallGraph())),
  };
}

/** Layers whose numbers make values larger, whatever the weights. */
function wide(tf: Tf): LayersModel {
  const { layers } = tf;
  const make = [
    layers.zeroPadding2d({ inputShape: [3, 3, 2], padding: [[1, 0], [0, 1]] }),
    layers.upSampling2d({ size: [2, 2] }),
    layers.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, padding: 'same' }),
    layers.cropping2D({ cropping: [[1, 0], [0, 1]] }),
    layers.globalMaxPooling2d({}),
    layers.repeatVector({ n: 2 }),
    layers.reshape({ targetShape: [6] }),
    layers.leakyReLU({ alpha: 0.1 }),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 3, activation: 'softmax' }),
  ];
  return seeded(tf, tf.sequential({ layers: make }), 1);
}

function smallGraph() {
  const valid = { strides: attr.ints([1, 1, 1, 1]), padding: attr.text('VALID'), data_format: attr.text('NHWC'), dilations: attr.ints([1, 1, 1, 1]), T: attr.type('DT_FLOAT') };
  return graphOf(
    [
      placeholder([-1, 4, 4, 1]),
      node('conv', 'Conv2D', ['x', 'kernel'], valid),
      node('relu', 'Relu', ['conv'], { T: attr.type('DT_FLOAT') }),
      node('mean', 'Mean', ['relu', 'axes'], { keep_dims: attr.bool(false) }),
      node('logits', 'MatMul', ['mean', 'dense'], { transpose_a: attr.bool(false), transpose_b: attr.bool(false) }),
      node('softmax', 'Softmax', ['logits']),
    ],
    [floats('kernel', [3, 3, 1, 2]), { name: 'axes', shape: [2], dtype: 'int32', values: [1, 2] }, floats('dense', [2, 3])],
    { output: 'softmax:0' },
  );
}

/** A saved model's files, taken into memory. */
async function modelFiles(folder: string): Promise<SeedFiles> {
  const names = await readdir(folder);
  const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
  await rm(folder, { recursive: true });
  return { files, spoil: (file) => (file.endsWith('.json') ? spoilJson : spoilFloats), use: runModel };
}

/** Opened, traced, and asked about an example in TF.js, as a scan does. */
async function runModel(path: string): Promise<void> {
  const model = await openTfjs(path);
  try {
    await model.trace(1).catch((error: unknown) => {
      // What cannot be compiled runs in TF.js.
      if (!(error instanceof Untraceable)) throw error;
    });
    const oracle = await openEager(model, 'cpu', { differentiable: false });
    const { logits } = await oracle.predict(new Float32Array(oracle.size).fill(0.5), 1);
    if (logits.length !== model.classes) throw new Error(`${model.classes} classes, but ${logits.length} logits`);
  } finally {
    model.close();
  }
}
