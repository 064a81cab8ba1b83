import { certainLead, lossKind } from '../core/losses.ts';
import { range } from './broadcast.ts';
import { Builder } from './builder.ts';
import type { Graph, Value } from './ir.ts';

export interface LossHead {
  /** [N] */
  readonly loss: Value;
  /** [N, K]: the loss's gradient with respect to the logits. */
  readonly cotangent: Value;
}

/** The largest logits of each row, in order, and where they are. */
interface Top {
  /** [N, k], k ≤ 4 */
  readonly values: Value;
  readonly indices: Value;
}

/**
 * Every loss but cross-entropy is a quotient n / d of the logits z, whose i-th largest is z₍ᵢ₎:
 *
 *     n = a Σ A_k z_k + Σ B_k z_k + m max_{k≠y} z_k        d = c + Σ d_i z₍ᵢ₎
 *
 * with the row's vectors A and B (see LossRows). One row of coefficients each: [a, m, c, d₁, d₂, d₃, d₄].
 */
const quotients: Readonly<Record<keyof typeof lossKind, readonly number[]>> = {
  crossEntropy: [0, 0, 1, 0, 0, 0, 0],
  linear: [1, 0, 1, 0, 0, 0, 0],
  margin: [-1, 1, 1, 0, 0, 0, 0],
  dlr: [-1, 1, 1e-12, 1, 0, -1, 0],
  targetedDlr: [-1, 0, 1e-12, 1, 0, -0.5, -0.5],
};

/** Losses that a model of so many classes has; the graph refuses to run on rows that ask for another. */
const minimumClasses: Partial<Record<keyof typeof lossKind, number>> = { dlr: 3, targetedDlr: 4 };

const column = (g: Builder, x: Value, from: number, to = from + 1): Value =>
  g.op('Slice', [x], { starts: [from], ends: [to], axes: [1] });

/**
 * −Σ A_k log p_k with p = softmax(z). Its gradient p ΣA − A, as p_k Σ_{j≠k} A_j − A_k Σ_{j≠k} p_j: on a confident row
 * p_y rounds to 1, and p_y − 1 would vanish where −Σ_{j≠y} p_j does not. Nor may that sum: see certainLead.
 */
function crossEntropy(g: Builder, z: Value, { values }: Top, a: Value): LossHead {
  const logP = g.op('LogSoftmax', [z], { axis: 1 });
  const lift = g.op('Max', [g.sub(g.sub(column(g, values, 0), column(g, values, 1)), certainLead), 0]);
  const p = g.op('Exp', [g.op('Min', [g.add(logP, lift), 0])]);
  const ofOthers = othersOf(g, z.shape[1] as number);
  return {
    loss: g.op('Neg', [g.sum(g.mul(a, logP), [1])]),
    cotangent: g.sub(g.mul(p, ofOthers(a)), g.mul(a, ofOthers(p))),
  };
}

/** Up to here a product with a matrix of [classes, classes] is fast, and takes 16 MB at most. */
const fewClasses = 2048;

/** Of each class, the sum over all others, from which nothing is taken away that would leave rounding. */
function othersOf(g: Builder, classes: number): (x: Value) => Value {
  if (classes > fewClasses) {
    const before = (x: Value, reverse: number): Value => g.op('CumSum', [x], { axis: 1, exclusive: 1, reverse });
    return (x) => g.add(before(x, 0), before(x, 1));
  }
  const others = g.graph.constant(
    Float32Array.from({ length: classes ** 2 }, (_, i) => (i % (classes + 1) === 0 ? 0 : 1)),
    [classes, classes],
  );
  return (x) => g.op('MatMul', [x, others]);
}

/** Whichever of the two largest logits is not y's: its value, and 1 at its place among them. */
function rival(g: Builder, { values, indices }: Top, a: Value): { value: Value; place: Value } {
  const k = values.shape[1] as number;
  const y = g.op('ArgMax', [a], { axis: 1, keepdims: 1 });
  const yLeads = g.op('Equal', [column(g, indices, 0), y]);
  const at = (i: number): Value =>
    g.graph.constant(
      Float32Array.from(range(0, k), (j) => (j === i ? 1 : 0)),
      [1, k],
    );
  return {
    value: g.where(yLeads, column(g, values, 1), column(g, values, 0)),
    place: g.where(yLeads, at(1), at(0)),
  };
}

/** n / d, and its gradient (n' − (n / d) d') / d. */
function quotient(g: Builder, z: Value, top: Top, kind: Value, a: Value, b: Value): LossHead {
  const [classes, k] = [z.shape[1] as number, top.values.shape[1] as number];
  const rows = Object.keys(lossKind) as (keyof typeof lossKind)[];
  const known = rows
    .filter((name) => (minimumClasses[name] ?? 2) <= classes)
    .map((name) => quotients[name].slice(0, 3 + k));
  const table = g.graph.constant(Float32Array.from(known.flat()), [known.length, 3 + k]);
  const index = g.reshape(g.op('Cast', [kind], { to: 'int64' }), kind.shape.slice(0, 1));
  const row = g.op('Gather', [table, index], { axis: 0 });
  const [weightA, weightRival, constant] = [column(g, row, 0), column(g, row, 1), column(g, row, 2)];
  const weightsTop = column(g, row, 3, 3 + k);

  const linear = g.add(g.mul(weightA, a), b);
  const other = rival(g, top, a);
  const n = g.add(g.sum(g.mul(linear, z), [1]), g.mul(weightRival, other.value));
  const d = g.add(g.sum(g.mul(weightsTop, top.values), [1]), constant);
  const loss = g.div(n, d);
  const atTop = g.sub(g.mul(weightRival, other.place), g.mul(loss, weightsTop));
  const scattered = g.op('ScatterElements', [g.zeros(z.shape), top.indices, atTop], { axis: 1 });
  return { loss, cotangent: g.div(g.add(linear, scattered), d) };
}

function topOf(g: Builder, z: Value): Top {
  const k = Math.min(4, z.shape[1] as number);
  const [values, indices] = g.op('TopK', [z], { k, axis: 1 }).node.outputs as readonly [Value, Value];
  return { values, indices };
}

/**
 * Appends the loss of each row and its gradient with respect to the logits [N, K], K ≥ 2. Adds the graph's inputs
 * `lossKind` [N, 1], `lossA` and `lossB` [N, K]: core/losses.ts, LossRows.
 */
export function appendLossHead(graph: Graph, logits: Value): LossHead {
  const [rows, classes] = logits.shape as readonly [number, number];
  const g = new Builder(graph, 'loss');
  const kind = graph.input('lossKind', [rows, 1]);
  const a = graph.input('lossA', [rows, classes]);
  const b = graph.input('lossB', [rows, classes]);
  const top = topOf(g, logits);
  const entropy = crossEntropy(g, logits, top, a);
  const other = quotient(g, logits, top, kind, a, b);
  const isEntropy = g.op('Equal', [kind, lossKind.crossEntropy]);
  return {
    loss: g.reshape(g.where(isEntropy, entropy.loss, other.loss), [rows]),
    cotangent: g.where(isEntropy, entropy.cotangent, other.cotangent),
  };
}
