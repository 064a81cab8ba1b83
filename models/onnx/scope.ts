import { Untraceable, type Value } from '../../src/graph/ir.ts';
import type { AttributeProto } from '../../src/graph/proto/onnx_pb.ts';
import type { OnnxNode } from './node.ts';

interface ScopeOptions {
  /** Versions of the operator sets that its nodes are of, by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Its inputs; an optional one that the caller leaves out is undefined. */
  readonly values: Map<string, Value | undefined>;
  /** In a function, the caller's attributes. */
  readonly attributes?: ReadonlyMap<string, AttributeProto>;
  readonly depth?: number;
  readonly around?: Scope;
}

/** Far beyond what exporters write, and nothing for the stack. */
const deepest = 64;

/** The names that a graph, a branch of one or a function's body can use. */
export class Scope {
  readonly opsets: ReadonlyMap<string, number>;
  private readonly values: Map<string, Value | undefined>;
  private readonly attributes: ReadonlyMap<string, AttributeProto> | undefined;
  private readonly depth: number;
  private readonly around: Scope | undefined;

  constructor({ opsets, values, attributes, depth = 0, around }: ScopeOptions) {
    this.opsets = opsets;
    this.values = values;
    this.attributes = attributes;
    this.depth = depth;
    this.around = around;
  }

  /** Here, not around. */
  has(name: string): boolean {
    return this.values.has(name);
  }

  set(name: string, value: Value): void {
    this.values.set(name, value);
  }

  /** What a node of this op and name takes, from here or from around. */
  value(name: string, op: string, node: string): Value | undefined {
    if (this.values.has(name)) return this.values.get(name);
    if (this.around) return this.around.value(name, op, node);
    throw new Untraceable(op, `node '${node}': '${name}' is made by no node before it`);
  }

  /** Every value of this scope, by name. */
  made(): Map<string, Value> {
    return new Map([...this.values].filter((entry): entry is [string, Value] => entry[1] !== undefined));
  }

  /** Attributes with references to the caller's replaced; one that the caller leaves out is left out. */
  bound(attributes: readonly AttributeProto[]): AttributeProto[] {
    return attributes.flatMap((attribute) => {
      if (attribute.refAttrName === '') return [attribute];
      const given = this.attributes?.get(attribute.refAttrName);
      return given ? [renamed(given, attribute.name)] : [];
    });
  }

  /** The scope of a branch of one of its nodes. */
  inside(node: OnnxNode): Scope {
    const { opsets, attributes } = this;
    return new Scope({ opsets, values: new Map(), ...(attributes && { attributes }), depth: this.deeper(node), around: this });
  }

  deeper(node: OnnxNode): number {
    if (this.depth >= deepest) throw node.unsupported(`functions and branches are nested more than ${deepest} deep`);
    return this.depth + 1;
  }
}

/** A copy; what is not set lies on the prototype. */
function renamed(attribute: AttributeProto, name: string): AttributeProto {
  return Object.assign(Object.create(Object.getPrototypeOf(attribute) as object) as AttributeProto, attribute, { name });
}
