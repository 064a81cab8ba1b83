import type { Builder } from '../../../src/graph/builder.ts';
import { range, sizeOf } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { formula } from './formula.ts';

/** A value with a label for each axis: a letter, or the place from the right of an axis that '...' stands for. */
interface Term {
  readonly value: Value;
  readonly labels: readonly string[];
}

/** Sums of products over labelled axes, as products of matrices from left to right. */
export const einsumOps: Importers = {
  Einsum: formula(({ g, node }) => {
    const { terms, output } = parsed(node);
    const [first, ...others] = terms.map((term) => withoutRepeats(g, term)) as [Term, ...Term[]];
    let whole = first;
    for (const [i, next] of others.entries()) {
      const later = others.slice(i + 1).flatMap(({ labels }) => labels);
      whole = product(g, whole, next, new Set([...output, ...later]));
    }
    return arranged(g, summed(g, whole, new Set(output)), output);
  }),
};

function parsed(node: OnnxNode): { terms: Term[]; output: readonly string[] } {
  const equation = node.text('equation').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const parts = left.split(',');
  if (parts.length !== node.inputs.length)
    throw node.unsupported(`its equation ${equation} is of ${parts.length} inputs, not ${node.inputs.length}`);
  const terms = parts.map((part, i) => ({ value: node.input(i), labels: labelsOf(node, part, node.input(i).shape.length) }));
  const used = terms.flatMap(({ labels }) => labels);
  const shared = [...new Set(used.filter((label) => /\d/.test(label)))].sort((a, b) => Number(b) - Number(a));
  const once = used.filter((label) => /[a-z]/i.test(label) && used.indexOf(label) === used.lastIndexOf(label));
  const output = right === undefined ? [...shared, ...once.sort()] : right.split('...').flatMap((letters, i) => [...(i > 0 ? shared : []), ...letters]);
  if (new Set(output).size < output.length || output.some((label) => !used.includes(label)))
    throw node.unsupported(`its equation ${equation} has an output that is not understood`);
  return { terms, output };
}

function labelsOf(node: OnnxNode, part: string, rank: number): string[] {
  const [before = '', after] = part.split('...');
  const covered = rank - before.length - (after?.length ?? 0);
  if (covered < 0 || (after === undefined && covered > 0))
    throw node.unsupported(`'${part}' in its equation does not fit an input of ${rank} axes`);
  return [...before, ...range(0, covered).map((i) => String(covered - 1 - i)), ...(after ?? '')];
}

/** A label that occurs twice in one term is its diagonal. */
function withoutRepeats(g: Builder, { value, labels }: Term): Term {
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second < 0) return { value, labels };
  const first = labels.indexOf(labels[second] as string);
  const n = value.shape[first] as number;
  const eye = Uint8Array.from({ length: n ** 2 }, (_, i) => Number(i % (n + 1) === 0));
  const shape = labels.map((_, axis) => (axis === first || axis === second ? n : 1));
  const diagonal = g.where(g.graph.constant(eye, shape, 'bool'), value, 0);
  const left = g.reshape(g.sum(diagonal, [second]), value.shape.toSpliced(second, 1));
  return withoutRepeats(g, { value: left, labels: labels.toSpliced(second, 1) });
}

/** Without the labels that nothing needs any more. */
function summed(g: Builder, { value, labels }: Term, kept: ReadonlySet<string>): Term {
  const axes = labels.flatMap((label, axis) => (kept.has(label) ? [] : [axis]));
  const left = labels.filter((label) => kept.has(label));
  return { value: g.reshape(g.sum(value, axes), value.shape.filter((_, axis) => !axes.includes(axis))), labels: left };
}

/** The axes in the order of `labels`; those that the term lacks have size 1. */
function arranged(g: Builder, { value, labels }: Term, wanted: readonly string[]): Value {
  const order = wanted.filter((label) => labels.includes(label)).map((label) => labels.indexOf(label));
  const moved = g.transpose(value, order);
  return g.reshape(moved, wanted.map((label) => value.shape[labels.indexOf(label)] ?? 1));
}

/** The product of two terms, summed over what they share and nothing needs afterwards. */
function product(g: Builder, left: Term, right: Term, needed: ReadonlySet<string>): Term {
  const a = summed(g, left, new Set([...needed, ...right.labels]));
  const b = summed(g, right, new Set([...needed, ...left.labels]));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const [batch, inner] = [shared.filter((label) => needed.has(label)), shared.filter((label) => !needed.has(label))];
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  if (inner.length === 0) return { value: g.mul(arranged(g, a, labels), arranged(g, b, labels)), labels };
  const size = (label: string): number => Math.max(sizeIn(a, label), sizeIn(b, label));
  const sizes = (list: readonly string[]): number[] => list.map(size);
  const matrices = (term: Term, order: readonly (readonly string[])[]): Value => {
    const all = order.flat();
    return g.reshape(g.expand(arranged(g, term, all), sizes(all)), order.map((list) => sizeOf(sizes(list))));
  };
  const groups = batch.length === 0 ? [] : [batch];
  const made = g.op('MatMul', [matrices(a, [...groups, rows, inner]), matrices(b, [...groups, inner, columns])]);
  return { value: g.reshape(made, sizes(labels)), labels };
}

const sizeIn = ({ value, labels }: Term, label: string): number => value.shape[labels.indexOf(label)] ?? 1;
