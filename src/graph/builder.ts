import { padRank, range, sameShape, sizeOf, type Shape } from './broadcast.ts';
import type { Attributes, Graph, Value } from './ir.ts';

/** A value, or a number that stands for a scalar constant. */
export type Operand = Value | number;

/** Writes formulas into a graph: `g.mul(dy, g.sub(1, y))`. Every node it appends carries `name`. */
export class Builder {
  readonly graph: Graph;
  readonly name: string;

  constructor(graph: Graph, name = '') {
    this.graph = graph;
    this.name = name;
  }

  op(op: string, inputs: readonly Operand[], attributes: Attributes = {}): Value {
    const values = inputs.map((input) => (typeof input === 'number' ? this.graph.scalar(input) : input));
    return this.graph.add(op, values, attributes, this.name);
  }

  add(a: Operand, b: Operand): Value {
    return this.op('Add', [a, b]);
  }

  sub(a: Operand, b: Operand): Value {
    return this.op('Sub', [a, b]);
  }

  mul(a: Operand, b: Operand): Value {
    return this.op('Mul', [a, b]);
  }

  div(a: Operand, b: Operand): Value {
    return this.op('Div', [a, b]);
  }

  where(condition: Value, a: Operand, b: Operand): Value {
    return this.op('Where', [condition, a, b]);
  }

  /** 1 where the condition holds, else 0. */
  indicator(condition: Value): Value {
    return this.op('Cast', [condition], { to: 'float32' });
  }

  reshape(x: Value, shape: Shape): Value {
    return sameShape(x.shape, shape) ? x : this.op('Reshape', [x], { shape });
  }

  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((axis, i) => axis === i) ? x : this.op('Transpose', [x], { perm });
  }

  expand(x: Value, shape: Shape): Value {
    return sameShape(x.shape, shape) ? x : this.op('Expand', [x], { shape });
  }

  /** Zeros that take no room in the file. */
  zeros(shape: Shape): Value {
    return this.expand(this.graph.scalar(0), shape);
  }

  /** Sum over axes, which stay with size 1. */
  sum(x: Value, axes: readonly number[]): Value {
    return axes.length === 0 ? x : this.op('ReduceSum', [x], { axes, keepdims: 1 });
  }

  /** The adjoint of broadcasting: sums whatever `shape` had to be stretched by to become x's. */
  sumTo(x: Value, shape: Shape): Value {
    const from = padRank(shape, x.shape.length);
    return this.reshape(
      this.sum(
        x,
        range(0, from.length).filter((axis) => from[axis] !== x.shape[axis]),
      ),
      shape,
    );
  }

  /** Applies a matrix [out, in], row-major, along one axis of x. */
  along(x: Value, axis: number, matrix: Float32Array): Value {
    const size = x.shape[axis] as number;
    const out = matrix.length / size;
    const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
    const m = this.graph.constant(matrix, [out, size]);
    const folded = this.reshape(x, [sizeOf(before), size, sizeOf(after)]);
    return this.reshape(this.op('MatMul', [m, folded]), [...before, out, ...after]);
  }
}
