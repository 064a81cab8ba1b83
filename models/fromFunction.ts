import type { Tensor } from '@tensorflow/tfjs';
import { createHash } from 'node:crypto';
import { UserError } from '../src/core/errors.ts';
import { randomOf } from '../src/core/random.ts';
import { sizeOf } from '../src/graph/broadcast.ts';
import { Untraceable, type Graph } from '../src/graph/ir.ts';
import type { Preprocessing, TfjsModel } from '../src/graph/model.ts';
import { rowByRow, takesBatches } from './tfjs/batches.ts';
import { classifier } from './tfjs/classifier.ts';
import { hashGraph } from './tfjs/hashGraph.ts';
import { outputShape } from './tfjs/outputShape.ts';
import { preprocessor } from './tfjs/preprocessor.ts';
import { loadTf, type Tf } from './tfjs/tf.ts';
import { trace } from './tfjs/trace.ts';

type F = (x: Tensor) => Tensor;

export interface FunctionModel {
  /** Of one example: [H, W, C] or [features]. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** What messages and reports call it. Default: the function's own name. */
  readonly name?: string;
  readonly preprocessing?: Preprocessing;
}

/**
 * A model that is a TF.js function of your own: examples [n, …inputShape] in, logits [n, classes] out. It is run while
 * the model is in use and must give the same for the same input. Tensors it closes over stay yours to dispose of.
 */
export async function fromFunction(f: F, { inputShape, classes, name = f.name || 'function', preprocessing = {} }: FunctionModel): Promise<TfjsModel> {
  checkNumbers(name, inputShape, classes);
  const tf = await loadTf();
  const prepare = preprocessor(tf, preprocessing, inputShape);
  const checked = returningTensors(tf, f, name);
  checkOutput(tf, checked, { inputShape, classes, name });
  const oneByOne = !takesBatches(tf, checked, inputShape);
  const graph = traceOf(tf, checked, inputShape);
  const hash = (traced: Graph | undefined) => (traced ? hashGraph(traced) : hashBehaviour(tf, f, inputShape));
  const parts = {
    path: name,
    format: 'function',
    sha256: hash(graph),
    preprocessing,
    inputShape,
    parameters: graph ? constantsOf(graph) : 0,
    forward: oneByOne ? rowByRow(tf, checked) : checked,
    units: classes,
    tap: undefined,
    oneByOne,
    trainable: 'a function has no file to be saved in; train a LayersModel or an ONNX model',
    close: () => undefined,
  };
  return {
    ...classifier(tf, parts, prepare),
    // As the function is now: its variables may have been trained since, and earlier results are not of this model then.
    get sha256() {
      return hash(traceOf(tf, checked, inputShape));
    },
  };
}

function checkNumbers(name: string, inputShape: readonly number[], classes: number): void {
  const whole = (n: number): boolean => Number.isSafeInteger(n) && n > 0;
  if (inputShape.length === 0 || !inputShape.every(whole))
    throw new UserError(`${name}: inputShape: expected whole numbers above 0, found [${inputShape.join(', ')}]`);
  if (!whole(classes) || classes < 2) throw new UserError(`${name}: classes: expected a whole number from 2, found ${classes}`);
}

/** JavaScript's callers have no compiler to tell them. */
function returningTensors(tf: Tf, f: F, name: string): F {
  return (x) => {
    const y: unknown = f(x);
    if (y instanceof tf.Tensor) return y;
    const found = y instanceof Promise ? 'a promise' : y === null ? 'null' : typeof y;
    throw new UserError(`${name}: expected the function to return a tensor, found ${found}`);
  };
}

function checkOutput(tf: Tf, f: F, { inputShape, classes, name }: Required<Omit<FunctionModel, 'preprocessing'>>): void {
  const shape = shapeOfOneRow(tf, f, inputShape, name);
  if (shape.length === 2 && shape[0] === 1 && shape[1] === classes) return;
  throw new UserError(`${name}: expected logits [1, ${classes}] for one example, found [${shape.join(', ')}]`);
}

function shapeOfOneRow(tf: Tf, f: F, inputShape: readonly number[], name: string): readonly number[] {
  try {
    return outputShape(tf, f, [1, ...inputShape]);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const [line] = String((cause as Error).message ?? cause).split('\n', 1);
    throw new UserError(`${name}: the function failed on one example [1, ${inputShape.join(', ')}]: ${line}`, { cause });
  }
}

function traceOf(tf: Tf, f: F, inputShape: readonly number[]): Graph | undefined {
  try {
    return trace(tf, f, [1, ...inputShape]);
  } catch (error) {
    if (error instanceof Untraceable) return undefined;
    throw error;
  }
}

/** What stands for the identity of a function that has no graph: its text, and its values at four points. */
function hashBehaviour(tf: Tf, f: F, inputShape: readonly number[]): string {
  const random = randomOf(0, 'function');
  const hash = createHash('sha256').update(f.toString());
  for (let point = 0; point < 4; point++) {
    const x = Float32Array.from({ length: sizeOf(inputShape) }, () => random.uniform());
    hash.update(tf.tidy(() => f(tf.tensor(x, [1, ...inputShape])).dataSync()));
  }
  return hash.digest('hex');
}

function constantsOf({ nodes }: Graph): number {
  return nodes.reduce((sum, { data }) => sum + (data instanceof Float32Array ? data.length : 0), 0);
}
