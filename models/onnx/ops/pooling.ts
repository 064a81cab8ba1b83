import type { Builder } from '../../../src/graph/builder.ts';
import { range, sizeOf, stridesOf, type Shape } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import { cellsWithin, reach, slid, type Window } from '../../../src/graph/window.ts';
import type { Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { formula, same } from './formula.ts';
import { norm, powerOfSize } from './norm.ts';
import { autoPad, windowAttributes, windowOver } from './window.ts';

/** Pools over [N, C, ...spatial]. */
export const poolingOps: Importers = {
  MaxPool: formula(({ g, x, node }) => {
    const { window } = poolOver(node, x);
    if (node.outputs === 1) return maxPool(g, x, window);
    if (tooWide(window)) throw node.unsupported('its indices count from pads as wide as the window');
    const [y, indices] = g.op('MaxPool', [x], { ...poolAttributes(window), indices: 1 }).node.outputs as readonly [Value, Value];
    return [y, node.int('storage_order', 0) === 1 ? columnMajor(g, indices, x.shape) : indices];
  }),
  AveragePool: formula(({ g, x, node }) => {
    const { window, declared } = poolOver(node, x);
    return averagePool(g, x, window, node.int('count_include_pad', 0) ? declared : undefined);
  }),
  LpPool: formula(({ g, x, node }) => {
    const p = node.int('p', 2);
    const { window } = poolOver(node, x);
    const powers = windowSum(g, powerOfSize(g, x, p), window);
    return norm(g, powers, p);
  }),
  ...same('GlobalAveragePool GlobalMaxPool'),
  GlobalLpPool: formula(({ g, x, node }) => {
    const p = node.int('p', 2);
    return norm(g, g.sum(powerOfSize(g, x, p), range(2, x.shape.length)), p);
  }),
};

const poolAttributes = (window: Window) => ({ ...windowAttributes(window), kernel_shape: window.kernel, group: undefined });

/** The window with ceil_mode as wider pads; and as the file declares it, for what an average counts. */
function poolOver(node: OnnxNode, x: Value): { window: Window; declared: Window } {
  const input = x.shape.slice(2);
  const declared = windowOver(node, input, node.ints('kernel_shape'));
  checkAutoPad(node, input, declared);
  if (!node.int('ceil_mode', 0)) return { window: declared, declared };
  const ends = input.map((n, axis) => {
    const [stride, begin, end] = [declared.strides, declared.begins, declared.ends].map((list) => list[axis] as number) as [number, number, number];
    const whole = n + begin + end - reach(declared, axis);
    // The last window begins on the image or the pad before it.
    const places = Math.min(Math.ceil(whole / stride) + 1, Math.ceil((n + begin) / stride));
    const needed = (places - 1) * stride + reach(declared, axis) - n - begin;
    return Math.max(needed, Math.min(end, needed + stride - 1));
  });
  return { window: { ...declared, ends }, declared };
}

/** ONNX Runtime forgets the dilations, and begins inside the image where its windows end before it does. */
function checkAutoPad(node: OnnxNode, input: Shape, window: Window): void {
  if (!autoPad(node).startsWith('SAME')) return;
  const dilated = window.dilations.some((dilation) => dilation > 1);
  const short = input.some((n, axis) => {
    const stride = window.strides[axis] as number;
    return (Math.ceil(n / stride) - 1) * stride + reach(window, axis) < n;
  });
  if (dilated || short) throw node.unsupported('ONNX Runtime pads it otherwise than auto_pad says');
}

/** ONNX Runtime takes no pad as wide as the window. */
const tooWide = ({ kernel, begins, ends }: Window): boolean =>
  kernel.some((size, axis) => Math.max(begins[axis] as number, ends[axis] as number) >= size);

const lowest = -3.4028234663852886e38;

function maxPool(g: Builder, x: Value, window: Window): Value {
  if (!tooWide(window)) return g.op('MaxPool', [x], poolAttributes(window));
  const padded = g.op('Pad', [x], { pads: [0, 0, ...window.begins, 0, 0, ...window.ends], mode: 'constant', value: lowest });
  const zeros = window.kernel.map(() => 0);
  return g.op('MaxPool', [padded], poolAttributes({ ...window, begins: zeros, ends: zeros }));
}

/** Places in each channel of `shape` counted with the first spatial axis fastest, not the last. */
function columnMajor(g: Builder, indices: Value, shape: Shape): Value {
  const spatial = shape.slice(2);
  const whole = (value: number): Value => g.graph.constant(BigInt64Array.of(BigInt(value)), [], 'int64');
  const size = whole(sizeOf(spatial));
  const channels = g.mul(g.div(indices, size), size);
  return stridesOf(spatial).reduce((sum, stride, axis) => {
    const place = g.op('Mod', [g.div(indices, whole(stride)), whole(spatial[axis] as number)]);
    return g.add(sum, g.mul(place, whole(sizeOf(spatial.slice(0, axis)))));
  }, channels);
}

/** The mean of the cells that count: those on the image, or with `declared` those on its pads too. */
function averagePool(g: Builder, x: Value, window: Window, declared: Window | undefined): Value {
  const plain = window.dilations.every((dilation) => dilation === 1) && !tooWide(window);
  if (plain && !declared) return g.op('AveragePool', [x], { ...poolAttributes(window), dilations: undefined });
  const input = x.shape.slice(2);
  const none = input.map(() => 0);
  const out = slid(input, window);
  const counts = cellsWithin(window, input, out, declared ?? { begins: none, ends: none });
  const cells = sizeOf(window.kernel);
  const mean = windowMean(g, x, window);
  if (counts.every((count) => count === cells)) return mean;
  return g.mul(mean, g.graph.constant(counts.map((count) => cells / count), [1, 1, ...out]));
}

const windowSum = (g: Builder, x: Value, window: Window): Value => g.mul(windowMean(g, x, window), sizeOf(window.kernel));

/** The mean of all cells, zeros outside the image. */
function windowMean(g: Builder, x: Value, window: Window): Value {
  const plain = window.dilations.every((dilation) => dilation === 1) && !tooWide(window);
  if (plain) return g.op('AveragePool', [x], { ...poolAttributes(window), dilations: undefined, count_include_pad: 1 });
  const channels = x.shape[1] as number;
  const cells = sizeOf(window.kernel);
  const share = g.graph.constant(new Float32Array(channels * cells).fill(1 / cells), [channels, 1, ...window.kernel]);
  return g.op('Conv', [x, share], windowAttributes({ ...window, group: channels }));
}
