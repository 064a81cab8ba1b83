import { Builder } from '../../../src/graph/builder.ts';
import { axisOf, range } from '../../../src/graph/broadcast.ts';
import type { Attributes, Value } from '../../../src/graph/ir.ts';
import { interpolation } from '../../../src/graph/resize.ts';
import type { Import, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';

/** What becomes of an axis. Where the file gives scales, `scale` is not `out` over the size, which is rounded down. */
interface Target {
  readonly out: number;
  readonly scale: number;
}

/** float32, as ONNX Runtime has it. */
const f = Math.fround;

function byScales(x: Value, scales: readonly number[], axes: readonly number[]): Target[] {
  return x.shape.map((n, axis) => {
    const scale = scales[axes.indexOf(axis)] ?? 1;
    return { out: Math.floor(f(n * scale)), scale };
  });
}

/** How much larger all named axes become where they must keep their proportions. */
const policies: Readonly<Record<string, ((scales: readonly number[]) => number) | undefined>> = {
  not_larger: (scales) => Math.min(...scales),
  not_smaller: (scales) => Math.max(...scales),
};

function bySizes(x: Value, sizes: readonly number[], axes: readonly number[], policy: string): Target[] {
  const scaleOf = (axis: number): number => (sizes[axes.indexOf(axis)] as number) / (x.shape[axis] as number);
  const common = policies[policy]?.(axes.map(scaleOf));
  return x.shape.map((n, axis) => {
    if (!axes.includes(axis)) return { out: n, scale: 1 };
    const out = common === undefined ? (sizes[axes.indexOf(axis)] as number) : Math.floor(common * n + 0.5);
    return { out, scale: f(common ?? out / n) };
  });
}

/** The sizes or scales of the node's opset. An empty input is an absent one. */
function targets(node: OnnxNode, { numbers }: Import, x: Value): Target[] {
  const listed = (at: number): readonly number[] => (node.inputs[at] ? numbers(node.inputs[at]) : []);
  const axes = node.ints('axes', range(0, x.shape.length)).map((axis) => axisOf(axis, x.shape.length));
  const [scales, sizes] = node.opset < 11 ? [listed(1), []] : [listed(2), listed(3)];
  const found = sizes.length > 0 ? sizes : scales;
  if (found.length !== axes.length) throw node.unsupported(`it has ${found.length} scales or sizes for ${axes.length} axes`);
  if (!found.every((each) => each > 0)) throw node.unsupported(`its scales or sizes are [${found.join(', ')}]`);
  return sizes.length > 0 ? bySizes(x, sizes, axes, node.text('keep_aspect_ratio_policy', 'stretch')) : byScales(x, scales, axes);
}

/** What the IR's own Resize takes: pictures whose rows and columns change by exactly out / size. */
function isPlain(x: Value, found: readonly Target[], attributes: Attributes): boolean {
  const { mode, coordinate_transformation_mode: coordinates } = attributes;
  const exact = found.every(({ out, scale }, axis) => scale === f(out / (x.shape[axis] as number)));
  const pictures = found.length === 4 && found.slice(0, 2).every(({ scale }) => scale === 1);
  const known = ['asymmetric', 'half_pixel', 'pytorch_half_pixel', 'align_corners'].includes(coordinates as string);
  return exact && pictures && known && (mode === 'nearest' || mode === 'linear');
}

/** The IR's Resize where that has the meaning; else a product with the matrix that it stands for, axis by axis. */
function resized(node: OnnxNode, into: Import, found: readonly Target[], attributes: Attributes): Value {
  const x = node.input(0);
  if (x.dtype !== 'float32') throw node.unsupported(`it resizes ${x.dtype}`);
  if (found.every(({ out, scale }, axis) => scale === 1 && out === x.shape[axis])) return x;
  if (isPlain(x, found, attributes)) return into.add('Resize', [x], { ...attributes, sizes: found.map(({ out }) => out) });
  const g = new Builder(into.graph, node.name);
  return found.reduce((value, { out, scale }, axis) => {
    const n = x.shape[axis] as number;
    return scale === 1 && out === n ? value : g.along(value, axis, interpolation(attributes, n, out, scale));
  }, x);
}

function attributesOf(node: OnnxNode): Attributes {
  if (node.int('antialias', 0)) throw node.unsupported('antialias is not supported');
  const mode = node.text('mode', 'nearest');
  return {
    mode,
    coordinate_transformation_mode: node.text('coordinate_transformation_mode', 'half_pixel'),
    ...(mode === 'nearest' && { nearest_mode: node.text('nearest_mode', 'round_prefer_floor') }),
    ...(mode === 'cubic' && { cubic_coeff_a: node.float('cubic_coeff_a', -0.75), exclude_outside: node.int('exclude_outside', 0) }),
  };
}

/**
 * Before opset 11 there were scales and a mode. ONNX Runtime takes the cell before a place where the picture grows and
 * the one behind where it shrinks.
 */
function early(node: OnnxNode, into: Import, found: readonly Target[]): Value {
  const mode = node.text('mode', 'nearest');
  if (mode !== 'nearest' && mode !== 'linear') throw node.unsupported(`mode ${mode} is not supported`);
  const [grows, shrinks] = [found.some(({ scale }) => scale > 1), found.some(({ scale }) => scale < 1)];
  if (mode === 'nearest' && grows && shrinks) throw node.unsupported('it grows along one axis and shrinks along another');
  const nearest = mode === 'nearest' && { nearest_mode: shrinks ? 'ceil' : 'floor' };
  return resized(node, into, found, { mode, coordinate_transformation_mode: 'asymmetric', ...nearest });
}

/** Values between those that there are. */
export const resizeOps: Importers = {
  Resize: (node, into) => {
    const found = targets(node, into, node.input(0));
    return node.opset < 11 ? early(node, into, found) : resized(node, into, found, attributesOf(node));
  },
  Upsample: (node, into) => {
    const x = node.input(0);
    const scales = node.inputs[1] ? into.numbers(node.inputs[1]) : node.floats('scales');
    if (scales.length !== x.shape.length) throw node.unsupported(`it has ${scales.length} scales for ${x.shape.length} axes`);
    return early(node, into, byScales(x, scales, range(0, scales.length)));
  },
};
