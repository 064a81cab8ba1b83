import type { GraphModel, Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../src/core/errors.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import { rowByRow, takesBatches } from './batches.ts';
import type { Origin } from './bindLayersModel.ts';
import { classifier } from './classifier.ts';
import type { GraphInput } from './graphEnds.ts';
import { shapeForOne } from './outputShape.ts';
import { preprocessor } from './preprocessor.ts';
import type { Tap } from './tapGraph.ts';
import type { Tf } from './tf.ts';

type F = (x: Tensor) => Tensor;

interface Ends {
  readonly input: GraphInput;
  readonly output: Tap;
}

/** A GraphModel of our own as a classifier: examples in, logits out. Runs the graph no further than to its logits. */
export function bindGraphModel(tf: Tf, model: GraphModel, { input, output }: Ends, origin: Origin): TfjsModel {
  const { path, preprocessing } = origin;
  const to = (name: string): F => (x) => model.execute({ [input.name]: x }, name) as Tensor;
  const rowOf = (name: string): readonly number[] => shapeForOne(tf, to(name), input.shape, path);
  const units = unitsOf(rowOf(output.output), path);
  const tap = output.normaliser === undefined || isDistribution(output.normaliser, rowOf(output.logits), units) ? output.normaliser : undefined;
  const last = to(tap === undefined ? output.output : output.logits);
  const together: F = (x) => tf.reshape(last(x), [x.shape[0], units]);
  const oneByOne = !takesBatches(tf, together, input.shape);
  const parts = {
    ...origin,
    format: 'graph-model',
    inputShape: input.shape,
    parameters: parametersOf(model),
    forward: oneByOne ? rowByRow(tf, together) : together,
    units,
    tap,
    oneByOne,
    trainable: 'a GraphModel is frozen for inference, its batch normalisation folded; train the LayersModel or Keras model that it was converted from',
    close: () => void model.dispose(),
  };
  return classifier(tf, parts, preprocessor(tf, preprocessing, input.shape));
}

function unitsOf(shape: readonly number[], path: string): number {
  const [rows, units, ...more] = shape;
  if (rows === 1 && units !== undefined && more.length === 0) return units;
  throw new UserError(`${path}: expected an output [batch, classes], found [${shape.join(', ')}] for one example`);
}

/** Of one example. A softmax normalises all the classes together only where the other axes are 1. */
function isDistribution(normaliser: string, shape: readonly number[], units: number): boolean {
  const together = normaliser === 'sigmoid' || shape.slice(0, -1).every((n) => n === 1);
  return together && shape.reduce((product, n) => product * n, 1) === units;
}

function parametersOf({ weights }: GraphModel): number {
  const tensors = Object.values(weights).flat();
  return tensors.reduce((sum, { dtype, size }) => sum + (dtype === 'float32' ? size : 0), 0);
}
