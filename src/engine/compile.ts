import { sizeOf } from '../graph/broadcast.ts';
import type { Graph } from '../graph/ir.ts';
import type { SavedModel } from '../graph/model.ts';
import { forwardGraph, withGradient } from '../graph/prepare.ts';
import { gradientPath, type GradientPath } from '../graph/gradientPath.ts';
import { vjpRules, type VjpRule } from '../graph/vjp/index.ts';
import { straightThroughRules } from '../graph/vjp/straightThrough.ts';
import { evaluate } from './evaluate.ts';
import { lower } from './lower.ts';
import { noiseOf, type NoiseInput } from './noise.ts';

/** A model compiled for ONNX Runtime. Plain data: it can cross to a worker thread. */
export interface CompiledModel {
  /** Shape of one example, without the batch. */
  readonly inputShape: readonly number[];
  readonly size: number;
  readonly classes: number;
  /** The fixed batch sizes there are graphs for, largest first. */
  readonly batchSizes: readonly number[];
  /** ONNX models by batch size: `x` -> `logits`. */
  readonly forward: readonly Uint8Array[];
  /** ONNX models by batch size: `x`, `lossKind`, `lossA`, `lossB` -> `logits`, `loss`, `gradient`. */
  readonly gradient: readonly Uint8Array[];
  /** Whether ONNX Runtime is to optimise the graphs: those of very many nodes it does not finish. */
  readonly optimize: boolean;
  /** Measured by verification; 0 before it. */
  readonly logitError: number;
  /** The random numbers that the model draws. */
  readonly noise: readonly NoiseInput[];
  /** Where the gradient is an estimate, and where it ends. */
  readonly path: GradientPath;
}

export interface CompileOptions {
  /** Rows of a full batch; chosen by the size of the activations when left out. */
  readonly batchSize?: number;
  /** Takes staircases (rounding, signs) for the slope they climb. Quantised values always are. */
  readonly straightThrough?: boolean;
  /** How ops are differentiated. */
  readonly rules?: Readonly<Record<string, VjpRule>>;
}

/** Larger models have one batch size: each has a copy of the weights in every thread, and more where they are packed. */
const mostTwice = 64 * 2 ** 20;

/** Nodes of the largest graph that ONNX Runtime optimises in a few seconds: the gradient of some 2,600 layers in a row. */
const mostOptimized = 8000;

/** In memory that worker threads see, and need not copy. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}

/** Traces and differentiates a model, and lowers it at two batch sizes: a full one, and a small one for the tail. */
export async function compileModel(
  model: Pick<SavedModel, 'inputShape' | 'classes' | 'oneByOne' | 'trace'>,
  { batchSize, straightThrough = false, rules = rulesFor(straightThrough) }: CompileOptions = {},
): Promise<CompiledModel> {
  const full = batchSize ?? (model.oneByOne ? 1 : defaultBatchSize(await model.trace(1)));
  const batchSizes: number[] = [];
  const forward: Uint8Array[] = [];
  const gradient: Uint8Array[] = [];
  let nodes = 0;
  for (const rows of new Set([full, Math.ceil(full / 8)])) {
    if ((forward[0]?.byteLength ?? 0) > mostTwice) break;
    const pass = await forwardGraph(await model.trace(rows), evaluate);
    batchSizes.push(rows);
    forward.push(shared(lower(pass)));
    const differentiated = await withGradient(pass, evaluate, rules);
    gradient.push(shared(lower(differentiated)));
    nodes = Math.max(nodes, differentiated.nodes.length);
  }
  const { inputShape, classes } = model;
  const traced = await model.trace(batchSizes.at(-1) as number);
  const [noise, path] = [noiseOf(traced), pathOf(traced, rules)];
  const optimize = nodes <= mostOptimized;
  return { inputShape, classes, size: sizeOf(inputShape), batchSizes, forward, gradient, optimize, logitError: 0, noise, path };
}

/** How ops are differentiated where staircases are taken for slopes, and where they are not. */
export const rulesFor = (straightThrough: boolean) => (straightThrough ? straightThroughRules : vjpRules);

/** What a gradient meets in a traced model. */
export function pathOf(forward: Graph, rules: Readonly<Record<string, VjpRule>>): GradientPath {
  const [x, logits] = [forward.inputs[0], forward.outputs.get('logits')];
  if (!x || !logits) throw new Error('the graph has no input or no output named logits');
  return gradientPath(forward, logits, x, rules);
}

const activationBudget = 256 * 2 ** 20;
const bytesPerValue = 4;
/** What they compute stays in memory for the gradient; most other ops are folded into them. */
const kept = new Set(['Conv', 'ConvTranspose', 'MatMul']);

/** More rows gain no speed, and leave more of the last batch empty. */
const enough = 64;

/** As many rows, a power of two up to `enough`, as keep one pass's activations within a budget of memory. */
function defaultBatchSize(oneRow: Graph): number {
  const values = oneRow.nodes
    .filter(({ op }) => kept.has(op))
    .flatMap(({ outputs }) => outputs)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 1);
  return Math.min(enough, 2 ** Math.max(0, Math.floor(Math.log2(activationBudget / (bytesPerValue * values)))));
}
