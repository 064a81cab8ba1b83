import { tensor, type OnnxFile } from '../onnxFile.ts';
import { Exporter, type Features, type NetOptions } from './exporter.ts';

/** Patches of 4×4 as tokens: [batch, tokens, channels]. */
export function patches(net: Exporter, x: Features, channels: number): Features {
  const { name } = net.conv(x, channels, 4, { stride: 4 });
  const flat = net.view(name, [net.size(name, 0, 1), net.size(name, 1, channels), -1]);
  return { name: net.transpose(flat, [0, 2, 1]), channels };
}

/** torch's `token.expand(n, −1, −1)`, where −1 is the token's own size, and `cat` with the others. */
function withClassToken(net: Exporter, tokens: Features): Features {
  const token = net.weights([1, 1, tokens.channels], 4);
  if (net.oneRow) return { name: net.op('Concat', [token, tokens.name], { axis: 1 }), channels: tokens.channels };
  const whole = net.constant([-1], 'INT64');
  const asked = net.op('Concat', [String(net.size(tokens.name, 0, 1)), whole, whole], { axis: 0 });
  const ones = net.op('ConstantOfShape', [net.op('Shape', [asked])], { value: tensor([1], [1], 'INT64') });
  const own = net.op('Equal', [asked, net.op('Mul', [ones, net.constant(-1, 'INT64')])]);
  const expanded = net.op('Expand', [token, net.op('Where', [own, ones, asked])]);
  return { name: net.op('Concat', [expanded, tokens.name], { axis: 1 }), channels: tokens.channels };
}

const heads = 2;
type Layer = (net: Exporter, x: Features) => Features;

/** Attention as timm writes it: one product for queries, keys and values, taken apart by index. */
const attention: Layer = (net, x) => {
  const width = x.channels / heads;
  const joint = net.linear(x, 3 * x.channels);
  const sizes = [net.size(x.name, 0, 1), net.size(x.name, 1, 17)];
  const apart = net.transpose(net.view(joint.name, [...sizes, 3, heads, width]), [2, 0, 3, 1, 4]);
  const [q = '', k = '', v = ''] = [0, 1, 2].map((at) => net.op('Gather', [apart, net.constant(at, 'INT64')], { axis: 0 }));
  const scaled = net.op('Mul', [q, net.constant(1 / Math.sqrt(width))]);
  const scores = net.op('Softmax', [net.op('MatMul', [scaled, net.transpose(k, [0, 1, 3, 2])])], { axis: -1 });
  const mixed = net.transpose(net.op('MatMul', [scores, v]), [0, 2, 1, 3]);
  return net.linear({ name: net.view(mixed, [...sizes, x.channels]), channels: x.channels }, x.channels);
};

/** scaled_dot_product_attention: the scale is computed from a shape; products by Einsum. */
const scaledAttention: Layer = (net, x) => {
  const joint = net.linear(x, 3 * x.channels).name;
  const parts = net.file.node('Split', [joint, net.file.ints([16, 16, 16])], { axis: 2 }, { outputs: ['q', 'k', 'v'].map((each) => `${joint}_${each}`) });
  const [q = '', k = '', v = ''] = ['q', 'k', 'v'].map((each) => net.view(`${joint}_${each}`, [net.size(parts, 0, 1), -1, heads, x.channels / heads]));
  const last = net.op('Slice', [net.op('Shape', [q]), net.constant([-1], 'INT64'), net.constant([2 ** 63], 'INT64')]);
  const root = net.op('Sqrt', [net.op('Div', [net.constant([1]), net.op('Sqrt', [net.op('Cast', [last], { to: 1 })])])]);
  const products = net.op('Einsum', [net.op('Mul', [q, root]), net.op('Mul', [k, root])], { equation: 'bihd,bjhd->bhij' });
  const mixed = net.op('Einsum', [net.op('Softmax', [products], { axis: -1 }), v], { equation: 'bhij,bjhd->bihd' });
  return net.linear({ name: net.op('Reshape', [mixed, net.constant([0, 0, -1], 'INT64')]), channels: x.channels }, x.channels);
};

function transformer(net: Exporter, { attend, norm }: { attend: Layer; norm: Layer }): OnnxFile {
  const tokens = withClassToken(net, patches(net, net.images(), 16));
  let x: Features = { name: net.op('Add', [tokens.name, net.weights([1, 17, 16], 4)]), channels: 16 };
  for (let block = 0; block < 2; block++) {
    x = net.add(x, attend(net, norm(net, x)));
    x = net.add(x, net.linear(net.gelu(net.linear(norm(net, x), 32)), 16));
  }
  const token = net.op('Gather', [norm(net, x).name, net.constant(0, 'INT64')], { axis: 1 });
  return net.head({ name: token, channels: 16 });
}

/** Vision transformer, Dosovitskiy et al. 2020, arXiv:2010.11929, in opset 14: normalisation and attention written out. */
export const vit = (options: NetOptions): OnnxFile =>
  transformer(new Exporter(options, 14), { attend: attention, norm: (net, x) => net.layerNormInParts(x) });

/** The same in opset 17, which has LayerNormalization. */
export const vit17 = (options: NetOptions): OnnxFile =>
  transformer(new Exporter(options, 17), { attend: scaledAttention, norm: (net, x) => net.layerNorm(x) });

/** MLP-Mixer, Tolstikhin et al. 2021, arXiv:2105.01601; its GELU is a function of the model's own. */
export function mixer(options: NetOptions): OnnxFile {
  const net = new Exporter(options, 18);
  const mlp = (x: Features, hidden: number): Features => net.linear(net.geluFunction(net.linear(x, hidden)), x.channels);
  const turned = (x: Features, channels: number): Features => ({ name: net.transpose(x.name, [0, 2, 1]), channels });
  let x = patches(net, net.images(), 16);
  for (let block = 0; block < 2; block++) {
    x = net.add(x, turned(mlp(turned(net.layerNorm(x), 16), 8), 16));
    x = net.add(x, mlp(net.layerNorm(x), 32));
  }
  const mean = net.op('ReduceMean', [net.layerNorm(x).name, net.constant([1], 'INT64')], { keepdims: 0 });
  return net.head({ name: mean, channels: 16 });
}
