import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../core/errors.ts';
import { evaluateLoss, lossRows, type LossRows } from '../../core/losses.ts';
import type { Oracle } from '../../core/oracle.ts';
import type { TfjsModel } from '../../graph/model.ts';
import { affordableRows } from './affordableRows.ts';
import { BackendUnavailable, eagerBackends, firstLine, tensorflow, useBackend, type EagerBackend } from './backends.ts';
import { decodeLoss } from './decodeLoss.ts';

/** An oracle that runs the model in TF.js, op by op. */
export interface EagerOracle extends Oracle {
  readonly backend: EagerBackend;
  readonly version: string;
}

export interface EagerOptions extends Choice {
  /** Default: as many rows as memory can be had for. */
  readonly batchSize?: number;
  /** False when only predictions will be asked for: a backend without the kernels of the gradient will do. */
  readonly differentiable?: boolean;
}

interface Choice {
  /** Tried in this order when none is asked for. */
  readonly backends?: readonly EagerBackend[];
  /** Told of each backend that is passed over. */
  readonly note?: (line: string) => void;
}

/** Opens a model in TF.js on the backend asked for, or on the fastest one that has all its kernels. */
export async function openEager(
  model: TfjsModel,
  backend?: EagerBackend,
  options: EagerOptions = {},
): Promise<EagerOracle> {
  return onBackend(model, backend, options, (candidate) => openOn(model, candidate, options));
}

/** What `open` makes of the backend asked for, or of the fastest one that it does not refuse. */
export async function onBackend<T>(
  model: TfjsModel,
  backend: EagerBackend | undefined,
  choice: Choice,
  open: (backend: EagerBackend) => Promise<T>,
): Promise<T> {
  if (backend) return open(backend);
  const reasons: string[] = [];
  for (const candidate of choice.backends ?? eagerBackends) {
    try {
      return await open(candidate);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      reasons.push(error.message);
      // tfjs-node is optional: most machines do without, and need not be told.
      if (candidate !== 'tensorflow' || !(error instanceof BackendUnavailable))
        choice.note?.(`${error.message}: passed over`);
    }
  }
  throw new UserError(`${model.path}: no backend of TF.js runs it: ${reasons.join('; ')}`);
}

async function openOn(
  model: TfjsModel,
  backend: EagerBackend,
  { batchSize, differentiable = true }: EagerOptions,
): Promise<EagerOracle> {
  const version = await useBackend(backend);
  try {
    const oracle = eagerOracle(model, backend, version, batchSize ?? (await affordableRows(model)));
    const points = new Float32Array(2 * oracle.size).fill(0.5);
    await oracle.predict(points, 2);
    if (differentiable) await oracle.gradient(points, lossRows(2, model.classes), 2);
    return oracle;
  } catch (cause) {
    const [, kernel] = /Kernel '(\w+)' not registered/.exec(firstLine(cause)) ?? [];
    const why = kernel ? `has no kernel ${kernel}` : `failed: ${firstLine(cause)}`;
    throw new UserError(`TF.js backend ${backend} ${why}`, { cause });
  }
}

function eagerOracle(model: TfjsModel, backend: EagerBackend, version: string, batchSize: number): EagerOracle {
  const { inputShape, classes } = model;
  const size = inputShape.reduce((product, n) => product * n, 1);

  /** TF.js has one current backend per process, and keeps the arrays it is given: it gets a copy. */
  const prepare = async (points: Float32Array, rows: number) => {
    const tf = await tensorflow();
    if (tf.getBackend() !== backend) await tf.setBackend(backend);
    return { tf, values: points.slice(0, rows * size), shape: [rows, ...inputShape] };
  };

  return {
    backend,
    version,
    inputShape,
    size,
    classes,
    batchSize,
    differentiable: true,
    logitError: 0,
    async predict(points, rows) {
      const { tf, values, shape } = await prepare(points, rows);
      return { logits: tf.tidy(() => Float32Array.from(model.eager(tf.tensor(values, shape)).dataSync())) };
    },
    async gradient(points, losses, rows) {
      const { tf, values, shape } = await prepare(points, rows);
      let logits = new Float32Array();
      let loss = new Float32Array();
      // The cotangent is a constant of the tape, so the gradient of its product with the logits is the one wanted.
      const product = (x: Tensor): Tensor => {
        const z = model.eager(x);
        logits = Float32Array.from(z.dataSync());
        const { cotangent, ...rest } = cotangents(logits, losses, rows, classes);
        loss = rest.loss;
        return tf.sum(tf.mul(z, tf.tensor(cotangent, z.shape)));
      };
      const gradient = tf.tidy(() => Float32Array.from(tf.grad(product)(tf.tensor(values, shape)).dataSync()));
      return { logits, loss, gradient };
    },
    // The weights are the model's own.
    close: () => Promise.resolve(),
  };
}

/** Each row's loss and its derivative by the logits; NaN where the logits are not finite. */
function cotangents(logits: Float32Array, losses: LossRows, rows: number, classes: number) {
  const loss = new Float32Array(rows).fill(NaN);
  const cotangent = new Float32Array(rows * classes).fill(NaN);
  for (let row = 0; row < rows; row++) {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    if (!z.every(Number.isFinite)) continue;
    const value = evaluateLoss(decodeLoss(losses, row, classes), z);
    loss[row] = value.loss;
    cotangent.set(value.cotangent, row * classes);
  }
  return { loss, cotangent };
}
