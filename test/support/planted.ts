import { digitsWeights } from './digits.ts';
import { float, OnnxFile, tensor } from './onnxFile.ts';

/** What makes an attack by gradients fail without making a model robust. */
export const weaknesses = ['scaledLogits', 'kWinners', 'quantisedInput', 'noise', 'deadRelus', 'dropout'] as const;
export type Weakness = (typeof weaknesses)[number];

/** Appends nodes: the name of a value in, that of another out. */
type Part = (file: OnnxFile, x: string) => string;

/** The places of the conformance net where a weakness may be planted. */
interface Places {
  /** On the images. */
  readonly input?: Part;
  /** In the place of the first ReLU, on 8 images of 8×8. */
  readonly first?: Part;
  /** On the 32 features of the last hidden layer. */
  readonly features?: Part;
  /** On the logits. */
  readonly end?: Part;
}

/** Each weakness, and the same network where it does no harm. */
const plants: Record<Weakness, { readonly planted: Places; readonly sound: Places }> = {
  /** A softmax a hundred times too sharp: in float32 nearly every cross-entropy is 0, and so is its gradient. */
  scaledLogits: { planted: { end: softmaxOf(100) }, sound: { end: softmaxOf(1) } },
  /** Of the first features only the greatest fifth stays: which ones changes from point to point, and the output jumps. */
  kWinners: { planted: { first: winnersOf(0.2) }, sound: {} },
  /** Sixteen steps of grey, as the images have: nothing changes for them, but no gradient comes through. */
  quantisedInput: { planted: { input: roundedTo(16) }, sound: {} },
  /** Noise in the images, drawn anew for each. */
  noise: { planted: { input: noisy(0.15) }, sound: {} },
  /** ReLUs on the logits, whose bias kills those of all classes but the predicted one, and soon that as well. */
  deadRelus: { planted: { end: rectified(-6) }, sound: { end: rectified(100) } },
  /** Dropout that was left on. */
  dropout: { planted: { features: dropping(true) }, sound: { features: dropping(false) } },
};

/** The conformance net with a weakness in it, and its sound twin: input [N, 1, 8, 8] in [0, 1], 10 classes. */
export async function plantedDigits(weakness: Weakness): Promise<{ planted: OnnxFile; sound: OnnxFile }> {
  const weights = await digitsWeights();
  const { planted, sound } = plants[weakness];
  return { planted: digitsWith(weights, planted), sound: digitsWith(weights, sound) };
}

const same: Part = (_, x) => x;

function digitsWith(weights: Awaited<ReturnType<typeof digitsWeights>>, { input = same, first = relu, features = same, end = same }: Places): OnnxFile {
  const file = new OnnxFile(17);
  const given = (layer: number): string[] =>
    ['weight', 'bias'].map((part) => {
      const { data, shape } = weights[`${layer}.${part}`]!;
      return file.initializer(tensor(data, shape), `${layer}.${part}`);
    });
  const window = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const x = input(file, file.input('input', ['N', 1, 8, 8]));
  const outlines = first(file, file.node('Conv', [x, ...given(0)], window));
  const shapes = relu(file, file.node('Conv', [outlines, ...given(2)], { ...window, strides: [2, 2] }));
  const flat = file.node('Flatten', [file.node('MaxPool', [shapes], { kernel_shape: [2, 2], strides: [2, 2] })]);
  const hidden = features(file, relu(file, file.node('Gemm', [flat, ...given(6)], { transB: 1 })));
  const logits = end(file, file.node('Gemm', [hidden, ...given(8)], { transB: 1 }));
  file.node('Identity', [logits], {}, { outputs: ['output'] });
  file.output('output', ['N', 10]);
  return file;
}

const relu: Part = (file, x) => file.node('Relu', [x]);

function softmaxOf(scale: number): Part {
  return (file, x) => file.node('Softmax', [file.node('Mul', [x, file.weights([scale], [])])], { axis: -1 });
}

/** k-winners-take-all of Xiao et al. 2019, arXiv:1905.10510. */
function winnersOf(share: number): Part {
  return (file, x) => {
    const flat = file.node('Flatten', [relu(file, x)]);
    const count = file.ints([Math.ceil(share * 8 * 8 * 8)]);
    const winners = file.node('TopK', [flat, count], { axis: 1 }, { outputs: ['winners', 'places'] });
    const least = file.node('ReduceMin', [winners], { axes: [1], keepdims: 1 });
    const kept = file.node('Where', [file.node('GreaterOrEqual', [flat, least]), flat, file.weights([0])]);
    return file.node('Reshape', [kept, file.ints([-1, 8, 8, 8])]);
  };
}

function roundedTo(levels: number): Part {
  return (file, x) => {
    const scale = file.weights([levels], []);
    return file.node('Div', [file.node('Round', [file.node('Mul', [x, scale])]), scale]);
  };
}

function noisy(deviation: number): Part {
  return (file, x) => file.node('Add', [x, file.node('RandomNormalLike', [x], { mean: float(0), scale: float(deviation) })]);
}

function rectified(bias: number): Part {
  return (file, x) => file.node('Relu', [file.node('Add', [x, file.weights([bias], [])])]);
}

function dropping(training: boolean): Part {
  return (file, x) =>
    file.node('Dropout', [x, file.weights([0.3], []), file.initializer(tensor([Number(training)], [], 'BOOL'))]);
}
