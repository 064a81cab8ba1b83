import type { Attributes, Graph, TensorData, Value } from '../../src/graph/ir.ts';
import type { GraphProto } from '../../src/graph/proto/onnx_pb.ts';
import type { OnnxNode } from './node.ts';

/** What an op's function writes into: every node it appends carries the ONNX node's name. */
export interface Import {
  readonly graph: Graph;
  /** Rows of the batch that the graph is made for. */
  readonly batch: number;
  /** The model is to be trained: batch normalisation takes the batch's statistics, dropout drops. */
  readonly training: boolean;
  readonly add: (op: string, inputs: readonly (Value | undefined)[], attributes?: Attributes) => Value;
  /** The same for an op with several outputs. */
  readonly addAll: (op: string, inputs: readonly (Value | undefined)[], attributes?: Attributes) => readonly Value[];
  /** The numbers of a value that does not depend on the model's input, for what is an attribute in the IR. Throws Untraceable. */
  readonly known: (value: Value) => TensorData;
  /** The same as plain numbers. */
  readonly numbers: (value: Value) => readonly number[];
  /** Whether `known` has an answer. */
  readonly isKnown: (value: Value) => boolean;
  /** Appends a graph that an attribute holds, a branch say, and returns its outputs. */
  readonly inline: (branch: GraphProto) => readonly Value[];
}

/** One ONNX op: appends what it means to the IR, and returns its output or outputs. */
export type Importer = (node: OnnxNode, into: Import) => Value | readonly Value[];

/** A family of ops, by ONNX's names. */
export type Importers = Readonly<Record<string, Importer>>;
