import { Untraceable, type Value } from '../../src/graph/ir.ts';
import type { AttributeProto, GraphProto, TensorProto } from '../../src/graph/proto/onnx_pb.ts';

/** One ONNX node with its inputs resolved, and typed reads of its attributes. */
export class OnnxNode {
  readonly op: string;
  /** The node's own name, else that of its first output. */
  readonly name: string;
  /** Version of the operator set that the node's op is of. */
  readonly opset: number;
  /** Absent optional inputs are undefined. */
  readonly inputs: readonly (Value | undefined)[];
  /** How many outputs are named, the last of them being used or not. */
  readonly outputs: number;
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(node: Pick<OnnxNode, 'op' | 'name' | 'opset' | 'inputs' | 'outputs'>, attributes: readonly AttributeProto[]) {
    this.op = node.op;
    this.name = node.name;
    this.opset = node.opset;
    this.inputs = node.inputs;
    this.outputs = node.outputs;
    this.attributes = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  }

  /** A required input. */
  input(at: number): Value {
    const value = this.inputs[at];
    if (!value) throw this.unsupported(`expected an input number ${at + 1}, found none`);
    return value;
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }

  attribute(name: string): AttributeProto | undefined {
    return this.attributes.get(name);
  }

  int(name: string, otherwise?: number): number {
    const found = this.attributes.get(name);
    return found ? Number(found.i) : this.needed(name, otherwise);
  }

  float(name: string, otherwise?: number): number {
    return this.attributes.get(name)?.f ?? this.needed(name, otherwise);
  }

  text(name: string, otherwise?: string): string {
    const found = this.attributes.get(name);
    return found ? new TextDecoder().decode(found.s) : this.needed(name, otherwise);
  }

  ints(name: string, otherwise?: readonly number[]): readonly number[] {
    return this.attributes.get(name)?.ints.map(Number) ?? this.needed(name, otherwise);
  }

  floats(name: string, otherwise?: readonly number[]): readonly number[] {
    return this.attributes.get(name)?.floats ?? this.needed(name, otherwise);
  }

  tensor(name: string): TensorProto | undefined {
    return this.attributes.get(name)?.t;
  }

  graph(name: string): GraphProto | undefined {
    return this.attributes.get(name)?.g;
  }

  /** Why this node cannot be expressed in the IR. */
  unsupported(why: string): Untraceable {
    return new Untraceable(this.op, this.name === '' ? why : `node '${this.name}': ${why}`);
  }

  private needed<T>(name: string, otherwise: T | undefined): T {
    if (otherwise === undefined) throw this.unsupported(`it has no attribute ${name}`);
    return otherwise;
  }
}
