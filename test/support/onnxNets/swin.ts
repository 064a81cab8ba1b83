import { range } from '../../../src/graph/broadcast.ts';
import { tensor, type OnnxFile } from '../onnxFile.ts';
import { Exporter, type Features, type NetOptions } from './exporter.ts';
import { patches } from './transformers.ts';

const [side, window, shift, heads, channels] = [8, 4, 2, 2, 16];
const tokens = window * window;
const windows = (side / window) ** 2;

/** torch.roll along both axes of [n, rows, columns, …]: two slices, in the other order. */
function roll(net: Exporter, x: string, by: number): string {
  return [1, 2].reduce((value, axis) => {
    const part = (from: number, to: number): string =>
      net.op('Slice', [value, net.constant([from], 'INT64'), net.constant([to], 'INT64'), net.constant([axis], 'INT64')]);
    return net.op('Concat', [part(-by, 2 ** 63), part(0, -by)], { axis });
  }, x);
}

/** [n, rows, columns, c] as [n · windows, tokens, c]. */
function partitioned(net: Exporter, x: string, c: number): string {
  const apart = net.view(x, [net.size(x, 0, 1), side / window, window, side / window, window, c]);
  return net.view(net.transpose(apart, [0, 1, 3, 2, 4, 5]), [-1, tokens, c]);
}

/** And back. */
function joined(net: Exporter, x: string, like: string): string {
  const apart = net.view(x, [net.size(like, 0, 1), side / window, side / window, window, window, channels]);
  return net.view(net.transpose(apart, [0, 1, 3, 2, 4, 5]), [net.size(like, 0, 1), side, side, channels]);
}

/** −100 between tokens that were no neighbours before the roll; the regions are written into zeros one by one. */
function mask(net: Exporter): string {
  let regions = net.op('ConstantOfShape', [net.constant([1, side, side, 1], 'INT64')], { value: tensor([0]) });
  const bands = [range(0, side - window), range(side - window, side - shift), range(side - shift, side)];
  for (const [region, [rows, columns]] of bands.flatMap((a) => bands.map((b) => [a, b] as const)).entries()) {
    const cells = rows.flatMap((row) => columns.map((column) => [0, row, column, 0]));
    const places = net.file.initializer(tensor(cells.flat(), [cells.length, 4], 'INT64'));
    regions = net.op('ScatterND', [regions, places, net.file.weights(cells.map(() => region))]);
  }
  const flat = net.view(partitioned(net, regions, 1), [-1, tokens]);
  const unlike = net.op('Sub', [net.op('Unsqueeze', [flat, net.constant([1], 'INT64')]), net.op('Unsqueeze', [flat, net.constant([2], 'INT64')])]);
  return net.op('Where', [net.op('Equal', [unlike, net.constant(0)]), net.constant(0), net.constant(-100)]);
}

/** A number for each pair of places, by how they lie to each other. */
function positionBias(net: Exporter): string {
  const place = (token: number): readonly [number, number] => [Math.floor(token / window), token % window];
  const between = range(0, tokens * tokens).map((pair) => {
    const [[row, column], [otherRow, otherColumn]] = [place(Math.floor(pair / tokens)), place(pair % tokens)];
    return (row - otherRow + window - 1) * (2 * window - 1) + column - otherColumn + window - 1;
  });
  const table = net.weights([(2 * window - 1) ** 2, heads], 4);
  const found = net.view(net.op('Gather', [table, net.file.ints(between)], { axis: 0 }), [tokens, tokens, heads]);
  return net.op('Unsqueeze', [net.transpose(found, [2, 0, 1]), net.constant([0], 'INT64')]);
}

function attention(net: Exporter, x: string, masked: boolean): string {
  const width = channels / heads;
  const joint = net.linear({ name: x, channels }, 3 * channels).name;
  const apart = net.transpose(net.view(joint, [-1, tokens, 3, heads, width]), [2, 0, 3, 1, 4]);
  const [q = '', k = '', v = ''] = [0, 1, 2].map((at) => net.op('Gather', [apart, net.constant(at, 'INT64')], { axis: 0 }));
  const products = net.op('MatMul', [net.op('Mul', [q, net.constant(width ** -0.5)]), net.transpose(k, [0, 1, 3, 2])]);
  let scores = net.op('Add', [products, positionBias(net)]);
  if (masked) {
    const perWindow = net.op('Unsqueeze', [net.op('Unsqueeze', [mask(net), net.constant([1], 'INT64')]), net.constant([0], 'INT64')]);
    const apartAgain = net.op('Add', [net.view(scores, [-1, windows, heads, tokens, tokens]), perWindow]);
    scores = net.view(apartAgain, [-1, heads, tokens, tokens]);
  }
  const mixed = net.transpose(net.op('MatMul', [net.op('Softmax', [scores], { axis: -1 }), v]), [0, 2, 1, 3]);
  return net.linear({ name: net.view(mixed, [-1, tokens, channels]), channels }, channels).name;
}

/** Swin transformer, Liu et al. 2021, arXiv:2103.14030: attention in windows, the second time in shifted ones. */
export function swin(options: NetOptions): OnnxFile {
  const net = new Exporter(options, 14);
  let x: Features = patches(net, net.images(3, 32), channels);
  for (const shifted of [false, true]) {
    const square = net.view(net.layerNormInParts(x).name, [net.size(x.name, 0, 1), side, side, channels]);
    const rolled = shifted ? roll(net, square, -shift) : square;
    const attended = joined(net, attention(net, partitioned(net, rolled, channels), shifted), x.name);
    const back = shifted ? roll(net, attended, shift) : attended;
    x = net.add(x, { name: net.view(back, [net.size(x.name, 0, 1), side * side, channels]), channels });
    x = net.add(x, net.linear(net.gelu(net.linear(net.layerNormInParts(x), 32)), channels));
  }
  const mean = net.op('GlobalAveragePool', [net.transpose(net.layerNormInParts(x).name, [0, 2, 1])]);
  return net.head({ name: net.op('Flatten', [mean], { axis: 1 }), channels });
}
