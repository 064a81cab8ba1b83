import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { join } from 'node:path';
import { makeFolder } from '../../src/core/makeFolder.ts';
import { replaceFile } from '../../src/core/replaceFile.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import type { Graph } from '../../src/graph/ir.ts';
import { parameterInput, type Mode, type Parameter, type Trainable, type Values } from '../../src/graph/trainable.ts';
import { checkSizes } from '../checkSizes.ts';
import { drawnWeights } from './drawnWeights.ts';
import type { LayersFiles } from './layersFiles.ts';
import type { Tf } from './tf.ts';
import { traceAll } from './trace.ts';
import { inTraining, layersOf } from './trainingCalls.ts';

interface Source {
  readonly path: string;
  readonly files: LayersFiles;
  readonly inputShape: readonly number[];
  /** From examples to logits, in training or not. */
  readonly logits: (training: boolean) => (x: Tensor) => Tensor;
}

type Variable = LayersModel['weights'][number];

/** How a LayersModel is trained and saved; a sentence for one whose weights are rounded in its file, or all frozen. */
export function trainableLayers(tf: Tf, model: LayersModel, source: Source): Trainable | string {
  const { weightSpecs = [] } = source.files.artifacts;
  const rounded = weightSpecs.find(({ quantization }) => quantization);
  if (rounded)
    return `its weights are quantised to ${rounded.quantization?.dtype}, which training could not move; train the model it was converted from, then convert that`;
  const variables = new Map(model.weights.filter(({ dtype }) => dtype === 'float32').map((each) => [each.originalName, each]));
  const learned = new Set(model.trainableWeights.map(({ originalName }) => originalName));
  if (learned.size === 0) return 'it has no weights that training may move: its layers have none, or are frozen';
  let parameters: readonly Parameter[] | undefined;
  return {
    // Read when first asked for: most models that are opened are not trained.
    get parameters() {
      return (parameters ??= [...variables.values()].map((each) => parameterOf(each, learned)));
    },
    trace: (batch, mode) =>
      Promise.resolve().then(() => checkSizes(source.path, traced(tf, model, { ...source, variables, learned }, batch, mode), batch)),
    draw: async (random) => {
      const drawn = await drawnWeights(tf, source.files.artifacts, random);
      const begun = new Set([...learned, ...averagesOf(model)]);
      return new Map([...drawn].filter(([name]) => begun.has(name)));
    },
    save: (folder, values) => new Promise((saved) => saved(save(folder, source.files, named(variables, values)))),
  };
}

/** Of the layers that are not frozen. */
function averagesOf(model: LayersModel): string[] {
  const layers = layersOf(model).filter((layer) => layer.trainable && layersOf(layer).length === 0);
  return layers.flatMap((layer) => layer.nonTrainableWeights.map(({ originalName }) => originalName));
}

function parameterOf(variable: Variable, learned: ReadonlySet<string>): Parameter {
  const { originalName: name, shape } = variable;
  const data = Float32Array.from(variable.read().dataSync());
  return { name, shape: shape as number[], data, trainable: learned.has(name) };
}

interface Traced extends Source {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly learned: ReadonlySet<string>;
}

function traced(tf: Tf, model: LayersModel, { inputShape, logits, variables, learned }: Traced, batch: number, mode: Mode): Graph {
  return traceAll(tf, (tracing) => {
    const { graph, tensor, value, replace } = tracing;
    const x = tensor(graph.input('x', [batch, ...inputShape]));
    for (const [name, variable] of variables)
      replace(variable.read(), parameterInput(graph, { name, shape: variable.shape as number[], trainable: learned.has(name) }));
    const run = (): Tensor => logits(mode === 'training')(x);
    graph.output('logits', value(mode === 'training' ? inTraining(tf, model, tracing, run) : run()));
  });
}

/** The numbers under the file's names: Keras 3 puts the name of a layer's part into them, which TF.js leaves out. */
function named(variables: ReadonlyMap<string, Variable>, values: Values): (file: string) => Float32Array | undefined {
  const unknown = [...values.keys()].find((name) => !variables.has(name));
  if (unknown !== undefined) throw new Error(`the model has no parameter ${unknown}`);
  return (file) => {
    const words = file.split('/');
    const name = variables.has(file) ? file : [...words.slice(0, -2), ...words.slice(-1)].join('/');
    return values.get(name);
  };
}

/** Writes model.json as it was read, with one shard of new weights; the shard first, so that no model.json is without. */
function save(folder: string, { header, artifacts }: LayersFiles, valuesOf: (file: string) => Float32Array | undefined): string {
  const { weightSpecs = [], weightData } = artifacts;
  const bytes = new Uint8Array((weightData as ArrayBuffer).slice(0));
  let offset = 0;
  for (const { name, shape, dtype } of weightSpecs) {
    const values = valuesOf(name);
    if (values && values.length !== sizeOf(shape)) throw new Error(`parameter ${name}: ${values.length} numbers for [${shape.join(', ')}]`);
    if (values) bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += sizeOf(shape) * (dtype === 'bool' ? 1 : 4);
  }
  const shard = 'group1-shard1of1.bin';
  const file = join(folder, 'model.json');
  makeFolder(folder);
  replaceFile(join(folder, shard), bytes);
  replaceFile(file, `${JSON.stringify({ ...header, weightsManifest: [{ paths: [shard], weights: weightSpecs }] }, null, 1)}\n`);
  return file;
}
