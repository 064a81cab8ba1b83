import type { Shape } from '../../../src/graph/broadcast.ts';
import type { Attributes } from '../../../src/graph/ir.ts';
import { reach, type Window } from '../../../src/graph/window.ts';
import type { OnnxNode } from '../node.ts';

/** A node's window over `input` (spatial axes only), as the IR has it: every pad explicit. */
export function windowOver(node: OnnxNode, input: Shape, kernel: Shape): Window {
  const ones = kernel.map(() => 1);
  const zeros = kernel.map(() => 0);
  const pads = node.ints('pads', [...zeros, ...zeros]);
  const window = {
    kernel,
    strides: node.ints('strides', ones),
    dilations: node.ints('dilations', ones),
    begins: pads.slice(0, kernel.length),
    ends: pads.slice(kernel.length),
    group: node.int('group', 1),
  };
  checkLengths(node, input, window);
  const mode = autoPad(node);
  return mode === 'NOTSET' ? window : { ...window, ...automatic(mode, input, window) };
}

/** How a window is written in the IR; pools add `kernel_shape`. */
export function windowAttributes({ strides, dilations, begins, ends, group }: Window): Attributes {
  return { strides, dilations, pads: [...begins, ...ends], group };
}

const modes = ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'] as const;
export type AutoPad = (typeof modes)[number];

export function autoPad(node: OnnxNode): AutoPad {
  const found = node.text('auto_pad', 'NOTSET');
  const mode = modes.find((each) => each === found);
  if (!mode) throw node.unsupported(`auto_pad: expected one of ${modes.join(', ')}, found ${found}`);
  return mode;
}

/** What is to be added around an axis, split between its ends: an odd one goes where the mode says. */
export function halves(total: number, mode: AutoPad): readonly [begin: number, end: number] {
  const less = Math.floor(total / 2);
  return mode === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
}

/** Pads that leave ⌈n / stride⌉ places of the window along each axis, or none at all. */
function automatic(mode: AutoPad, input: Shape, window: Window): Pick<Window, 'begins' | 'ends'> {
  const pads = input.map((n, axis) => {
    const stride = window.strides[axis] as number;
    const missing = (Math.ceil(n / stride) - 1) * stride + reach(window, axis) - n;
    return mode === 'VALID' ? ([0, 0] as const) : halves(Math.max(0, missing), mode);
  });
  return { begins: pads.map(([begin]) => begin), ends: pads.map(([, end]) => end) };
}

function checkLengths(node: OnnxNode, input: Shape, window: Window): void {
  const { kernel, strides, dilations, begins, ends } = window;
  for (const [name, { length }] of Object.entries({ kernel, strides, dilations, begins, ends })) {
    if (length === input.length) continue;
    throw node.unsupported(`its ${name} have ${length} entries for ${input.length} spatial axes`);
  }
  if ([...kernel, ...strides, ...dilations].some((size) => !(size > 0)))
    throw node.unsupported('a kernel size, stride or dilation is not positive');
}
