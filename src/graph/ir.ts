import { inferOutputs } from './shapes.ts';

/**
 * The intermediate representation: a list of nodes with static shapes, in topological order. An op is ONNX's op of
 * the same name (opset 17 semantics, NCHW), except that axes, pads, starts, ends, repeats and target shapes are always
 * attributes: a front end has resolved them. A front end of a channels-last framework writes explicit Transposes; the
 * layout pass removes them.
 */
export type DType = 'float32' | 'int8' | 'uint8' | 'int32' | 'int64' | 'bool';
export type Attribute = number | string | readonly number[];
export type Attributes = Readonly<Record<string, Attribute | undefined>>;
export type TensorData = Float32Array | Int8Array | Uint8Array | Int32Array | BigInt64Array;

export interface Value {
  readonly id: number;
  /** Static, batch first. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly node: Node;
  /** Which output of its node it is. */
  readonly index: number;
}

export interface Node {
  /** 'Input' and 'Constant' are leaves. */
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Where it comes from, for messages: the kernel, layer or ONNX node name. */
  readonly name: string;
  /** Constants only, row-major; booleans as 0 and 1 bytes. */
  readonly data?: TensorData;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly outputs = new Map<string, Value>();
  private nextId = 0;

  /** Inputs that hold noise say in their attributes which. */
  input(name: string, shape: readonly number[], dtype: DType = 'float32', attributes: Attributes = {}): Value {
    const value = this.push('Input', [], attributes, [{ shape, dtype }], name);
    this.inputs.push(value);
    return value;
  }

  constant(data: TensorData, shape: readonly number[], dtype: DType = 'float32', name = ''): Value {
    return this.push('Constant', [], {}, [{ shape, dtype }], name, data);
  }

  /** A float32 scalar of shape []. */
  scalar(value: number): Value {
    return this.constant(Float32Array.of(value), []);
  }

  /** Appends a node and returns its first output. Shapes are inferred; a bad combination throws. */
  add(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}, name = ''): Value {
    return this.push(op, inputs, attributes, inferOutputs(op, inputs, attributes), name);
  }

  output(name: string, value: Value): void {
    this.outputs.set(name, value);
  }

  private push(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    outputs: readonly Pick<Value, 'shape' | 'dtype'>[],
    name: string,
    data?: TensorData,
  ): Value {
    const made: Value[] = [];
    const node: Node = { op, inputs, attributes, outputs: made, name, ...(data && { data }) };
    for (const [index, { shape, dtype }] of outputs.entries())
      made.push({ id: this.nextId++, shape, dtype, node, index });
    this.nodes.push(node);
    const [first] = made;
    if (!first) throw new Error(`${op}: a node needs an output`);
    return first;
  }
}

export function isConstant(value: Value): boolean {
  return value.node.op === 'Constant';
}

/** A front end met something it cannot turn into the IR. The engine falls back, naming `op`. */
export class Untraceable extends Error {
  override readonly name = 'Untraceable';
  readonly op: string;
  constructor(op: string, why: string) {
    super(`${op}: ${why}`);
    this.op = op;
  }
}
