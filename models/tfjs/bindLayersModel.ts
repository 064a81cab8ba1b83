import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../src/core/errors.ts';
import type { Preprocessing, TfjsModel } from '../../src/graph/model.ts';
import { classifier, logitsFor } from './classifier.ts';
import type { LayersFiles } from './layersFiles.ts';
import { shapeForOne } from './outputShape.ts';
import { preprocessor } from './preprocessor.ts';
import { tapLogits } from './tapLogits.ts';
import type { Tf } from './tf.ts';
import { trainableLayers } from './trainableLayers.ts';

export interface Origin {
  readonly path: string;
  readonly sha256: string;
  readonly preprocessing: Preprocessing;
}

/**
 * A LayersModel of our own as a classifier: examples in, logits out. Changes the model: its last activation goes. It can
 * be trained where its files are known, which say how to save it.
 */
export function bindLayersModel(tf: Tf, model: LayersModel, origin: Origin, files?: LayersFiles): TfjsModel {
  const { path, preprocessing } = origin;
  if (model.stateful) throw new UserError(`${path}: expected a model that answers each example by itself, found a stateful layer`);
  const inputShape = inputOf(model, path);
  const units = unitsOf(model, path);
  const prepare = preprocessor(tf, preprocessing, inputShape);
  const pass = (training: boolean) => (x: Tensor): Tensor => model.apply(x, { training }) as Tensor;
  const forward = pass(false);
  shapeForOne(tf, forward, inputShape, path);
  const logits = (training: boolean): ((x: Tensor) => Tensor) => logitsFor(tf, { forward: pass(training), units }, prepare);
  const parts = {
    ...origin,
    format: 'layers-model',
    inputShape,
    parameters: model.countParams(),
    forward,
    units,
    tap: tapLogits(tf, model),
    ...(files && { trainable: trainableLayers(tf, model, { files, path, inputShape, logits }) }),
    close: () => void model.dispose(),
  };
  return classifier(tf, parts, prepare);
}

function inputOf({ inputs }: LayersModel, path: string): number[] {
  const [input] = inputs;
  if (!input || inputs.length > 1) throw new UserError(`${path}: expected a model with one input, found ${inputs.length}`);
  const shape = fixed(input.shape.slice(1));
  if (!shape) throw new UserError(`${path}: expected an input of fixed size, found ${written(input.shape)}`);
  if (input.dtype !== 'float32') throw new UserError(`${path}: expected a float32 input, found ${input.dtype}`);
  return shape;
}

function unitsOf({ outputs }: LayersModel, path: string): number {
  const [output] = outputs;
  if (!output || outputs.length > 1) throw new UserError(`${path}: expected a model with one output, found ${outputs.length}`);
  const [units, ...more] = fixed(output.shape.slice(1)) ?? [];
  if (units === undefined || more.length > 0)
    throw new UserError(`${path}: expected an output [batch, classes], found ${written(output.shape)}`);
  return units;
}

function fixed(shape: readonly (number | null)[]): number[] | undefined {
  return shape.every((n) => n !== null) ? [...shape] : undefined;
}

const written = (shape: readonly (number | null)[]): string => `[${shape.map((n) => n ?? '?').join(', ')}]`;
