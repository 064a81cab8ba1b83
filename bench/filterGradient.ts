/**
 * Ways to the gradient of a convolution's filter, in ONNX Runtime. `npx tsx bench/filterGradient.ts`
 */
import { lower } from '../src/engine/lower.ts';
import { openProgram, type Program } from '../src/engine/program.ts';
import { randomOf } from '../src/core/random.ts';
import { sizeOf } from '../src/graph/broadcast.ts';
import { Builder } from '../src/graph/builder.ts';
import { Graph, type Attributes, type Value } from '../src/graph/ir.ts';
import { cellByCell, filterBack, swapped, type FilterBack } from '../src/graph/vjp/filter.ts';
import { slid, windowOf, type Window } from '../src/graph/window.ts';
import { processorClock } from './clocks.ts';
import { interleaved } from './interleaved.ts';
import { milliseconds, printMachine, printTable } from './table.ts';

/** Every patch as a column, by a depthwise convolution that picks one cell each: [N, C · cells, places]. */
function columns(g: Builder, x: Value, { kernel, strides, dilations, begins, ends }: Window): Value {
  const [c, cells] = [x.shape[1] as number, sizeOf(kernel)];
  const picks = Float32Array.from({ length: c * cells ** 2 }, (_, i) => (i % cells === Math.floor(i / cells) % cells ? 1 : 0));
  const filter = g.graph.constant(picks, [c * cells, 1, ...kernel]);
  const y = g.op('Conv', [x, filter], { strides, dilations, pads: [...begins, ...ends], group: c });
  return g.reshape(y, [x.shape[0] as number, c * cells, sizeOf(y.shape.slice(2))]);
}

const forms: Readonly<Record<string, FilterBack>> = {
  'cell by cell': cellByCell,
  swapped,
  'im2col, a product an image': (g, x, dy, window) => {
    const [n, m, ...places] = dy.shape as readonly [number, number, ...number[]];
    const products = g.op('MatMul', [g.reshape(dy, [n, m, sizeOf(places)]), g.transpose(columns(g, x, window), [0, 2, 1])]);
    return g.reshape(g.sum(products, [0]), [m, x.shape[1] as number, ...window.kernel]);
  },
  'im2col, one product': (g, x, dy, window) => {
    const [n, m, ...places] = dy.shape as readonly [number, number, ...number[]];
    const found = columns(g, x, window);
    const rows = g.reshape(g.transpose(found, [0, 2, 1]), [n * sizeOf(places), found.shape[1] as number]);
    const left = g.reshape(g.transpose(g.reshape(dy, [n, m, sizeOf(places)]), [1, 0, 2]), [m, n * sizeOf(places)]);
    return g.reshape(g.op('MatMul', [left, rows]), [m, x.shape[1] as number, ...window.kernel]);
  },
};

interface Convolution {
  readonly x: readonly number[];
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly attributes?: Attributes;
}
const same = { pads: [1, 1, 1, 1] };
const halved = { strides: [2, 2], pads: [0, 0, 1, 1] };
const convolutions: readonly Convolution[] = [
  { x: [100, 1, 28, 28], filters: 16, kernel: [4, 4], attributes: { strides: [2, 2] } },
  { x: [100, 16, 13, 13], filters: 32, kernel: [4, 4], attributes: { strides: [2, 2] } },
  { x: [100, 32, 26, 26], filters: 64, kernel: [3, 3] },
  { x: [100, 16, 32, 32], filters: 16, kernel: [3, 3], attributes: same },
  { x: [100, 16, 32, 32], filters: 32, kernel: [3, 3], attributes: halved },
  { x: [100, 16, 32, 32], filters: 32, kernel: [1, 1], attributes: { strides: [2, 2] } },
  { x: [100, 32, 16, 16], filters: 32, kernel: [3, 3], attributes: same },
  { x: [100, 64, 8, 8], filters: 64, kernel: [3, 3], attributes: same },
];

async function row({ x: shape, filters, kernel, attributes = {} }: Convolution): Promise<string[]> {
  const window = windowOf(attributes, kernel);
  const result = [shape[0] as number, filters, ...slid(shape.slice(2), window)];
  const random = randomOf(0, 'bench');
  const drawn = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.normal());
  const feeds = { x: drawn(sizeOf(shape)), dy: drawn(sizeOf(result)) };
  const graphOf = (form: FilterBack): Graph => {
    const graph = new Graph();
    graph.output('dw', form(new Builder(graph), graph.input('x', shape), graph.input('dy', result), window));
    return graph;
  };
  const opened: [string, Program<'dw'>][] = [];
  for (const [name, form] of Object.entries(forms)) opened.push([name, await openProgram<'dw'>(lower(graphOf(form)), { threads: 1 })]);
  const times = await interleaved(Object.fromEntries(opened.map(([name, program]) => [name, () => program.run(feeds, shape[0] as number)])), { clock: processorClock });
  for (const [, program] of opened) await program.release();
  const chosen = graphOf(filterBack).nodes.some(({ op }) => op === 'MatMul') ? 'cell by cell' : 'swapped';
  const figures = Object.keys(forms).map((name) => milliseconds(times[name]?.median ?? NaN) + (name === chosen ? ' *' : ''));
  return [`${kernel.join('×')}/${window.strides[0] ?? 1}, ${shape[1] ?? 0} to ${filters}, ${shape[2] ?? 0}×${shape[3] ?? 0}`, ...figures];
}

printMachine();
const rows: string[][] = [];
for (const convolution of convolutions) rows.push(await row(convolution));
printTable('filter gradient of 100 images, ms of one thread; * is what the engine does', ['convolution', ...Object.keys(forms)], rows);
