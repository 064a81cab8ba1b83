import type { Tensor } from '@tensorflow/tfjs';
import type { Graph, Value } from './ir.ts';
import type { Affine } from './preprocessing.ts';
import type { Trainable } from './trainable.ts';

/** How an example becomes the model's own input: x·(b−a)+a for range [a, b], then (x − mean) / std per channel. */
export interface Preprocessing {
  readonly range?: readonly [number, number];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** What a file may leave open: an ONNX file's output where there are several, the sizes of its input where they are free. */
export interface ModelChoices {
  readonly output?: string;
  /** Of one example, without the batch: [H, W, C] or [features]. */
  readonly inputShape?: readonly number[];
}

/** What is known of a loaded model, not yet bound to an engine. A loader makes one; the engine runs it. */
interface Loaded {
  readonly path: string;
  readonly format: string;
  /** Of the model's files, in a fixed order. */
  readonly sha256: string;
  /** Shape of one example as the dataset gives it, without the batch: [H, W, C] or [features]. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly parameters: number;
  readonly preprocessing: Preprocessing;
  /** True where the model can take but one example at a time: a larger batch would be as slow, row by row. */
  readonly oneByOne?: boolean;
  /** Where the logits are taken, e.g. 'before the final softmax'. */
  readonly logits: string;
  /**
   * The forward pass at a fixed batch size: input `x` [batch, ...inputShape], output `logits` [batch, classes];
   * preprocessing included. Throws Untraceable naming the op that the IR cannot express.
   */
  trace(batch: number): Promise<Graph>;
  /** How to train it, or in one sentence why it cannot be, and what can be in its place. */
  readonly trainable?: Trainable | string;
  /** Frees the weights. */
  close(): void;
}

export interface TfjsModel extends Loaded {
  /** The same forward pass as a TF.js function, for the eager engine and as the reference of the compiled one. */
  readonly eager: (x: Tensor) => Tensor;
}

export interface OnnxModel extends Loaded {
  /** The same forward pass as ONNX Runtime runs it: the reference of the compiled one, and what runs where there is none. */
  readonly onnx: OnnxOriginal;
  /** For the search after a difference: the nodes of the file in order, and what the graph has for their outputs. */
  examine(batch: number): Promise<Examined>;
}

/** A loaded model, by what it was saved from. */
export type SavedModel = TfjsModel | OnnxModel;

/** An ONNX model as it was saved, and how examples go in. Plain data: it can cross to a worker thread. */
export interface OnnxOriginal {
  /** The file's model, with what it keeps beside the file: a float32 tensor `input` in, `output` out. */
  readonly bytes: Uint8Array;
  readonly input: OnnxInput;
  readonly output: string;
  /** Values for each example: the classes, or 1 that stands for two with logits [0, z]. */
  readonly units: number;
  /** Numbers of 16 bits are among what it computes with. */
  readonly halves: boolean;
  /** The model with its random numbers as inputs; absent where it draws none. */
  readonly drawn?: Uint8Array;
}

export interface OnnxInput {
  readonly name: string;
  /** Of one example, as the file has it. */
  readonly shape: readonly number[];
  /** The file wants [C, H, W] of an example [H, W, C]. */
  readonly channelsFirst: boolean;
  /** Rows that the file takes at once; absent where any number will do. */
  readonly rows?: number;
  /** Applied to the example, before anything else. */
  readonly affine?: Affine;
}

/** A graph beside the nodes of the file that it was made from. */
export interface Examined {
  readonly graph: Graph;
  readonly nodes: readonly FileNode[];
  /** By the file's names. */
  readonly values: ReadonlyMap<string, Value>;
  /** The file's model with these values as its outputs, and what they are called then. */
  readonly withOutputs: (names: readonly string[]) => { readonly bytes: Uint8Array; readonly outputs: readonly string[] };
}

export interface FileNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
