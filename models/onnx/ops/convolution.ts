import type { Shape } from '../../../src/graph/broadcast.ts';
import { spread, type Window } from '../../../src/graph/window.ts';
import type { Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { autoPad, halves, windowAttributes, windowOver } from './window.ts';

/** Convolutions over [N, C, ...spatial]. */
export const convolutionOps: Importers = {
  Conv: (node, { add }) => {
    const [x, w] = [node.input(0), node.input(1)];
    const window = windowOver(node, x.shape.slice(2), w.shape.slice(2));
    return add('Conv', [x, w, node.inputs[2]], windowAttributes(window));
  },
  ConvTranspose: (node, { add }) => {
    const [x, w] = [node.input(0), node.input(1)];
    const input = x.shape.slice(2);
    const { window, extra } = spreadOver(node, input, windowOver(node, input, w.shape.slice(2)));
    const attributes = { ...windowAttributes(window), output_padding: extra };
    return add('ConvTranspose', [x, w, node.inputs[2]], attributes);
  },
};

/**
 * A transposed window's pads: given, or what is left over of `output_shape`, or of n · stride, which auto_pad has. Too
 * few values are made up for at the ends, though ONNX Runtime does so only for `output_shape`.
 */
function spreadOver(node: OnnxNode, input: Shape, window: Window): { window: Window; extra: readonly number[] } {
  const extra = node.ints('output_padding', input.map(() => 0));
  const mode = autoPad(node);
  const shaped = node.has('output_shape');
  if (!shaped && !mode.startsWith('SAME')) return { window, extra };
  const wanted = shaped
    ? node.ints('output_shape').slice(-input.length)
    : input.map((n, axis) => n * (window.strides[axis] as number));
  const unpadded = { ...window, begins: input.map(() => 0), ends: input.map(() => 0) };
  const surplus = spread(input, unpadded, extra).map((n, axis) => n - (wanted[axis] as number));
  const pads = surplus.map((total) => halves(Math.max(0, total), mode));
  return {
    window: { ...window, begins: pads.map(([begin]) => begin), ends: pads.map(([, end]) => end) },
    extra: extra.map((n, axis) => n + (shaped ? Math.max(0, -(surplus[axis] as number)) : 0)),
  };
}
