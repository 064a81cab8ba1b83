import * as v from 'valibot';

const dimensions = v.optional(v.array(v.object({ size: v.optional(v.union([v.string(), v.number()])) })));
const shape = v.object({ dim: dimensions, unknownRank: v.optional(v.boolean()) });

export const graphNode = v.looseObject({
  name: v.string(),
  op: v.string(),
  input: v.optional(v.array(v.string())),
  attr: v.optional(v.record(v.string(), v.looseObject({ shape: v.optional(shape), type: v.optional(v.union([v.string(), v.number()])) }))),
});

/** What one name of a signature stands for. */
export const graphTensor = v.looseObject({ name: v.string(), tensorShape: v.optional(shape) });

export type GraphNode = v.InferOutput<typeof graphNode>;

/** TensorFlow's GraphDef, as TF.js's converter writes it into model.json. */
export class GraphDef {
  readonly nodes: readonly GraphNode[];
  private readonly byName: ReadonlyMap<string, GraphNode>;

  constructor(nodes: readonly GraphNode[]) {
    this.nodes = nodes;
    this.byName = new Map(nodes.map((node) => [node.name, node]));
  }

  /** The node that a reference such as `conv`, `split:1` or `^init` means. */
  node(reference: string): GraphNode | undefined {
    return this.byName.get(nodeName(reference));
  }

  /** A node's own inputs, without those that only say what runs first. */
  inputs({ input = [] }: GraphNode): readonly string[] {
    return input.filter((reference) => !reference.startsWith('^'));
  }

  /** The node and all that it is computed from. */
  ancestors(reference: string): readonly GraphNode[] {
    const found = new Set<GraphNode>();
    const waiting = [this.node(reference)];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (found.has(node)) continue;
      found.add(node);
      for (const input of node.input ?? []) {
        const next = this.node(input);
        if (next) waiting.push(next);
      }
    }
    return [...found];
  }
}

export function nodeName(reference: string): string {
  return reference.replace(/^\^/, '').replace(/:.*$/, '');
}

/** A shape's axes, −1 for a free one; undefined where even their number is. */
export function axesOf(given: v.InferOutput<typeof shape> | undefined): number[] | undefined {
  if (!given || given.unknownRank === true) return undefined;
  return (given.dim ?? []).map(({ size }) => Number(size ?? -1));
}
