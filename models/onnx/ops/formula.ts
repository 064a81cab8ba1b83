import { Builder } from '../../../src/graph/builder.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';

/** An ONNX node that is a formula in the IR. */
export interface Formula {
  readonly g: Builder;
  /** The first input. */
  readonly x: Value;
  readonly node: OnnxNode;
  readonly into: Import;
}

/** Writes a formula with the builder's shorthand; what it appends carries the node's name. */
export const formula =
  (write: (at: Formula) => Value | readonly Value[]): Importer =>
  (node, into) =>
    write({ g: new Builder(into.graph, node.name), x: node.input(0), node, into });

/** Ops that mean in the IR what they mean in ONNX, attributes and all: float attributes with ONNX's defaults. */
export const same = (ops: string, floats: Readonly<Record<string, number>> = {}): Importers =>
  Object.fromEntries(
    ops.split(' ').map((op) => [
      op,
      (node, { add }) => {
        const read = (name: string, otherwise: number) => [name, node.float(name, otherwise)] as const;
        return add(op, node.inputs, Object.fromEntries(Object.entries(floats).map((each) => read(...each))));
      },
    ]),
  );
