import type { Node } from '../graph/ir.ts';
import type { OnnxBuilder } from './onnxBuilder.ts';

/** One node on its way into ONNX: the names of its inputs and outputs there. */
export interface Lowered {
  readonly onnx: OnnxBuilder;
  readonly node: Node;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Appends what stands for the node. */
export type Lowering = (lowered: Lowered) => void;
