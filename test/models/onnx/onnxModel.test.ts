import { create, toBinary } from '@bufbuild/protobuf';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.ts';
import { UserError } from '../../../src/core/errors.ts';
import { openEngine, type EngineRequest } from '../../../src/engine/choose.ts';
import type { ModelChoices, OnnxModel, Preprocessing } from '../../../src/graph/model.ts';
import { ModelProtoSchema, OperatorSetIdProtoSchema, TensorProto_DataType as ElementType, TensorProtoSchema } from '../../../src/graph/proto/onnx_pb.ts';
import { OnnxFile, type Dim, type Elements } from '../../support/onnxFile.ts';
import { treesBytes } from '../../support/trees.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;

function write(bytes: Uint8Array): string {
  const path = join(folder, `model-${written++}.onnx`);
  writeFileSync(path, bytes);
  return path;
}

/** Opened as a scan opens it; what was said on the way. */
async function opened(bytes: Uint8Array, request: Partial<EngineRequest> = {}, preprocessing: Preprocessing = {}, choices: ModelChoices = {}) {
  const model = await openModel(write(bytes), preprocessing, choices);
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  const probe = Float32Array.from({ length: 16 * size }, (_, i) => (0.31 + i * 0.618034) % 1);
  const notes: string[] = [];
  const engine = await openEngine(model, { engine: 'auto', workers: 0, probe, bounds: { lower: 0, upper: 1 }, note: (line) => notes.push(line.replace(model.path, 'MODEL')), ...request });
  return { model, engine, notes, probe, size };
}

async function lineOf(opening: Promise<unknown>): Promise<string> {
  const error: unknown = await opening.then(() => 'it was taken', (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message.replaceAll(/\S*breakwater-onnx-\w+\//g, '').replace(/model-\d+/, 'model');
}

const wave = (n: number, scale = 1): Float32Array => Float32Array.from({ length: n }, (_, i) => scale * Math.sin(1 + 2.3 * i));

/** A convolution, mean over pixels, and a dense layer: [C, H, W] to `classes`. */
function convNet(dims: readonly Dim[], { classes = 3, end = '', elements = 'FLOAT' }: { classes?: number; end?: string; elements?: Elements } = {}): OnnxFile {
  const file = new OnnxFile(17);
  const x = file.input('image', dims, elements);
  const channels = Number(dims[1]);
  const conv = file.node('Conv', [x, file.weights(wave(4 * channels * 9, 0.4), [4, channels, 3, 3])], { pads: [1, 1, 1, 1] });
  const mean = file.node('GlobalAveragePool', [file.node('Tanh', [conv])]);
  const flat = file.node('Flatten', [mean]);
  const logits = file.node('Gemm', [flat, file.weights(wave(4 * classes), [4, classes])]);
  file.output(end === '' ? logits : file.node(end, [logits], end === 'Softmax' ? { axis: 1 } : {}));
  return file;
}

/** [n] to classes. */
function dense(rows: Dim, { classes = 3, reshape = [] as readonly number[] } = {}): OnnxFile {
  const file = new OnnxFile(17);
  const x = file.input('x', [rows, 2, 3]);
  const flat = reshape.length > 0 ? file.node('Reshape', [x, file.ints(reshape)]) : file.node('Flatten', [x]);
  const hidden = file.node('Tanh', [file.node('MatMul', [flat, file.weights(wave(6 * 5), [6, 5])])]);
  file.output(file.node('MatMul', [hidden, file.weights(wave(5 * classes), [5, classes])]), [rows, classes]);
  return file;
}

describe('the input', () => {
  test.each([
    ['[N, 3, 6, 5], channels first', ['N', 3, 6, 5], {}, [6, 5, 3]],
    ['[1, 1, 6, 5], a batch of 1', [1, 1, 6, 5], {}, [6, 5, 1]],
    ['[?, 3, h, w], where the sizes are said', ['N', 3, 'h', 'w'], { inputShape: [6, 5, 3] }, [6, 5, 3]],
  ] as const)('%s', async (_, dims, choices, inputShape) => {
    const { model, engine, notes } = await opened(convNet(dims).bytes(), {}, {}, choices);
    expect(model).toMatchObject({ format: 'onnx', inputShape, classes: 3, logits: 'as the model returns them' });
    expect(engine.info.reason).toMatch(/^compiled and verified: logits within (0|\de-\d+) of ONNX Runtime, gradient within/);
    expect(notes).toEqual([]);
    await engine.close();
  });

  test('[N, H, W, 3] stays as it is', async () => {
    const file = new OnnxFile(17);
    const nchw = file.node('Transpose', [file.input('image', ['N', 6, 5, 3])], { perm: [0, 3, 1, 2] });
    const mean = file.node('Flatten', [file.node('GlobalAveragePool', [nchw])]);
    file.output(file.node('MatMul', [mean, file.weights(wave(6), [3, 2])]));
    const { model, engine } = await opened(file.bytes());
    expect(model).toMatchObject({ inputShape: [6, 5, 3], classes: 2 });
    expect(engine.oracle.differentiable).toBe(true);
    await engine.close();
  });

  test('range, mean and std act per channel, in the graph and beside the original alike', async () => {
    const { engine, probe } = await opened(convNet(['N', 3, 6, 5]).bytes(), {}, { range: [0, 255], mean: [1, 2, 300], std: [50, 60, 70] });
    const plain = await opened(convNet(['N', 3, 6, 5]).bytes());
    const [mean, std] = [[1, 2, 300], [50, 60, 70]];
    const by = probe.map((x, i) => (255 * x - mean[i % 3]!) / std[i % 3]!);
    const [ours, theirs] = [(await engine.oracle.predict(probe, 4)).logits, (await plain.engine.original!.predict(by, 4)).logits];
    ours.forEach((z, i) => expect(z).toBeCloseTo(theirs[i]!, 4));
    await Promise.all([engine.close(), plain.engine.close()]);
  });

  test.each([
    ['FLOAT16', 10, 3e-2],
    ['DOUBLE', 11, 1e-6],
  ] as const)('numbers of %s go through float32, and the file agrees as far as they reach', async (elements, code, within) => {
    const file = new OnnxFile(17);
    const weights = (values: Float32Array, dims: number[]): string => file.node('Cast', [file.weights(values, dims)], { to: code });
    const hidden = file.node('Tanh', [file.node('MatMul', [file.input('x', ['N', 6], elements), weights(wave(48), [6, 8])])]);
    file.output(file.node('MatMul', [hidden, weights(wave(24), [8, 3])]), ['N', 3], elements);
    const { engine, notes, probe } = await opened(file.bytes());
    expect(notes).toEqual([]);
    const [ours, theirs] = [(await engine.oracle.predict(probe, 16)).logits, (await engine.original!.predict(probe, 16)).logits];
    const largest = Math.max(...theirs.map(Math.abs));
    ours.forEach((z, i) => expect(Math.abs(z - theirs[i]!)).toBeLessThan(within * largest));
    await engine.close();
  });

  test('floats of 16 bits are allowed for where the file only passes through them', async () => {
    const file = new OnnxFile(17);
    const half = (value: string): string => file.node('Cast', [value], { to: 10 });
    const hidden = file.node('Tanh', [file.node('MatMul', [half(file.input('x', ['N', 6])), half(file.weights(wave(48), [6, 8]))])]);
    file.output(file.node('Cast', [file.node('MatMul', [hidden, half(file.weights(wave(24, 0.2), [8, 3]))])], { to: 1 }), ['N', 3]);
    expect(((await openModel(write(file.bytes()))) as OnnxModel).onnx.halves).toBe(true);
  });

  test.each([
    ['two inputs', () => { const file = dense('N'); file.input('y', ['N', 2]); return file; }, 'model.onnx: expected a model with one input, found 2: x, y'],
    ['whole numbers', () => convNet(['N', 3, 6, 5], { elements: 'UINT8' }), "model.onnx: expected a float32, float16 or float64 input, found uint8 'image'"],
    ['free sizes', () => convNet(['N', 3, 'h', 'w']), "model.onnx: expected an input [batch, …] whose other sizes are fixed, found 'image' [N, 3, h, w]; --input-shape says what is free: 224,224,3"],
  ])('%s: a line', async (_, file, line) => {
    expect(await lineOf(openModel(write(file().bytes())))).toBe(line);
  });

  test('sizes that do not fit the file: a line', async () => {
    const path = write(convNet(['N', 3, 'h', 'w']).bytes());
    expect(await lineOf(openModel(path, {}, { inputShape: [6, 5, 4] }))).toBe('inputShape: expected what fits the input of model.onnx, [3, ?, ?] for an example, found [6, 5, 4]');
  });
});

describe('batches', () => {
  test.each([
    ['any number of rows', 'N', [], []],
    ['one row stated, and a graph that takes more', 1, [], []],
    ['four rows stated', 4, [], []],
    ['one row stated, and flattened to', 1, [1, 6], []],
    ['one row flattened to, the rest as it comes', 1, [1, -1], []],
    ['four rows stated, and flattened to', 4, [4, 6], []],
    ['any number stated, one flattened to', 'N', [1, -1], []],
  ] as const)('%s', async (_, rows, reshape, lines) => {
    const { engine, notes, probe } = await opened(dense(rows, { reshape }).bytes());
    expect(notes).toEqual(lines);
    expect(engine.oracle.batchSize).toBe(64);
    const [ours, theirs] = [(await engine.oracle.predict(probe, 7)).logits.slice(), (await engine.original!.predict(probe, 7)).logits];
    ours.forEach((z, i) => expect(z).toBeCloseTo(theirs[i]!, 5));
    await engine.close();
  });

  test('a graph that cannot be freed of its batch has one row per batch, with a line', async () => {
    const file = new OnnxFile(17);
    const flat = file.node('Reshape', [file.input('x', [1, 3, 2]), file.ints([6])]);
    file.output(file.node('Unsqueeze', [file.node('MatMul', [flat, file.weights(wave(12), [6, 2])]), file.ints([0])]));
    const { engine, notes, probe } = await opened(file.bytes());
    expect(notes).toEqual(['MODEL: its graph takes one example at a time; running one row per batch']);
    expect(engine.oracle).toMatchObject({ batchSize: 1, differentiable: true });
    expect((await engine.oracle.predict(probe, 1)).logits).toHaveLength(2);
    await engine.close();
  });
});

test('a folder is its one file', async () => {
  const alone = mkdtempSync(join(folder, 'alone-'));
  expect(await lineOf(openModel(alone))).toMatch(/^alone-\w+: no model\.json in this folder, and no \.onnx file$/);
  writeFileSync(join(alone, 'net.onnx'), dense('N').bytes());
  expect(await openModel(alone)).toMatchObject({ path: alone, format: 'onnx', classes: 3 });
  writeFileSync(join(alone, 'other.onnx'), dense('N').bytes());
  expect(await lineOf(openModel(alone))).toMatch(/and more than one \.onnx file$/);
});

describe('the output', () => {
  test.each([
    ['Softmax', 3, 'before the final softmax', 3],
    ['LogSoftmax', 3, 'before the final log-softmax', 3],
    ['Sigmoid', 1, 'before the final sigmoid, as two classes [0, z]', 2],
  ] as const)('logits are taken before a final %s', async (end, units, logits, classes) => {
    const { model, engine, probe } = await opened(convNet(['N', 3, 6, 5], { end, classes: units }).bytes());
    expect(model).toMatchObject({ logits, classes });
    const plain = await opened(convNet(['N', 3, 6, 5], { classes: Math.max(units, 2) }).bytes());
    const [found, untapped] = [(await engine.oracle.predict(probe, 2)).logits, (await plain.engine.oracle.predict(probe, 2)).logits];
    if (units === 1) expect([found[0], found[2]]).toEqual([0, 0]);
    else found.forEach((z, i) => expect(z).toBeCloseTo(untapped[i]!, 5));
    expect(engine.info.reason).toMatch(/compiled and verified/);
    await Promise.all([engine.close(), plain.engine.close()]);
  });

  test("a softmax of the domain's other name is one, too", async () => {
    const file = new OnnxFile(17);
    const scores = file.node('MatMul', [file.input('x', ['N', 4]), file.weights(wave(12), [4, 3])]);
    file.output(file.node('Softmax', [scores], {}, { domain: 'ai.onnx' }));
    const model = file.model();
    model.opsetImport = [create(OperatorSetIdProtoSchema, { domain: 'ai.onnx', version: 17n })];
    expect(await openModel(write(toBinary(ModelProtoSchema, model)))).toMatchObject({ logits: 'before the final softmax' });
  });

  test('probabilities cut to whole numbers are not their logits: every class of less than 1 is 0', async () => {
    const file = new OnnxFile(17);
    const scores = file.node('MatMul', [file.input('x', ['N', 4]), file.weights(wave(12), [4, 3])]);
    const cut = file.node('Cast', [file.node('Softmax', [scores])], { to: 6 });
    file.output(file.node('Cast', [cut], { to: 1 }));
    expect(await openModel(write(file.bytes()))).toMatchObject({ logits: 'as the model returns them' });
  });

  test('a softmax over another axis than the classes is none of a classifier', async () => {
    const file = new OnnxFile(17);
    const scores = file.node('MatMul', [file.input('x', ['N', 4]), file.weights(wave(12), [4, 3])]);
    file.output(file.node('Softmax', [scores], { axis: 0 }));
    expect(await openModel(write(file.bytes()))).toMatchObject({ logits: 'as the model returns them' });
  });

  test('of several outputs the one that ends in a softmax counts, or the one named; else they are listed', async () => {
    const several = (softmax: boolean): Uint8Array => {
      const file = new OnnxFile(17);
      const x = file.input('x', ['N', 4]);
      file.output(file.node('Tanh', [x], {}, { outputs: ['features'] }));
      const scores = file.node('MatMul', [x, file.weights(wave(12), [4, 3])], {}, { outputs: ['scores'] });
      file.output(softmax ? file.node('Softmax', [scores], {}, { outputs: ['p'] }) : scores);
      return file.bytes();
    };
    expect(await openModel(write(several(true)))).toMatchObject({ classes: 3, logits: 'of output p, before the final softmax' });
    expect(await openModel(write(several(false)), {}, { output: 'scores' })).toMatchObject({ classes: 3, logits: 'of output scores, as the model returns them' });
    expect(await lineOf(openModel(write(several(false))))).toBe('model.onnx: expected one output of class scores, found 2 of floats among features, scores; --output says which');
    expect(await lineOf(openModel(write(several(false)), {}, { output: 'score' }))).toBe("model.onnx: expected an output of class scores, found 'score', and the model has features, scores");
  });

  test('a choice that a format does not leave open is refused', async () => {
    expect(await lineOf(openModel('models/zoo/fashion-cnn', {}, { output: 'x' }))).toMatch(/^output: expected a model that leaves it open, found models\/zoo\/fashion-cnn/);
  });

  test('one number per example that is no sigmoid is a regression', async () => {
    expect(await lineOf(openModel(write(dense('N', { classes: 1 }).bytes())))).toBe('model.onnx: the model has one output that is no sigmoid (a regression?); expected a classifier');
  });
});

describe('without gradients', () => {
  const stumps = [
    { at: 0, below: 0.5, left: [0.6, 0.1, 0.1], right: [0, 0.3, 0.2] },
    { at: 1, below: 0.3, left: [0.2, 0, 0], right: [0, 0.1, 0.4] },
  ];

  test.each([true, false])('an ensemble of trees gives its scores (as a sequence of maps: %s)', async (zipMap) => {
    const { model, engine, notes } = await opened(treesBytes(stumps, 2, { zipMap }));
    expect(model).toMatchObject({ inputShape: [2], classes: 3 });
    expect(engine.oracle.differentiable).toBe(false);
    expect(notes).toEqual([
      "MODEL: ai.onnx.ml.TreeEnsembleClassifier cannot be compiled (node '/TreeEnsembleClassifier_label': breakwater does not know this op); ONNX Runtime runs the original file instead, which gives no gradients",
    ]);
    const { logits } = await engine.oracle.predict(Float32Array.of(0.4, 0.2, 0.9, 0.9), 2);
    [0.8, 0.1, 0.1, 0, 0.4, 0.6].forEach((score, i) => expect(logits[i]).toBeCloseTo(score, 6));
    await engine.close();
  });

  test('4 bits are not taken for 8, though they may be alike on the examples tried', async () => {
    const file = new OnnxFile(21);
    const x = file.input('x', ['N', 4]);
    const zero = file.initializer(create(TensorProtoSchema, { dataType: ElementType.INT4, dims: [], int32Data: [0] }));
    const whole = file.node('QuantizeLinear', [x, file.weights([0.2], []), zero]);
    const real = file.node('DequantizeLinear', [whole, file.weights([0.2], []), zero]);
    file.output(file.node('MatMul', [real, file.weights(wave(12), [4, 3])]));
    const { engine, notes } = await opened(file.bytes());
    expect(notes).toEqual([expect.stringMatching(/it quantises to 4 bits\); ONNX Runtime runs the original file instead/)]);
    await engine.close();
  });

  test('an engine of TF.js is refused', async () => {
    expect(await lineOf(opened(dense('N').bytes(), { engine: 'wasm' }))).toBe('model.onnx: expected engine auto or onnxruntime for an ONNX model, found wasm, which runs TF.js models');
  });
});

describe('rounding that verification stumbles over', () => {
  /** Pixels of 8 bits, as a model may make them that was trained on files. */
  const rounded = (): Uint8Array => {
    const file = new OnnxFile(17);
    const bytes = file.node('Cast', [file.node('Mul', [file.input('x', ['N', 6]), file.weights([255], [])])], { to: 2 });
    file.output(file.node('MatMul', [file.node('Cast', [bytes], { to: 1 }), file.weights(wave(18, 0.01), [6, 3])]));
    return file.bytes();
  };

  test('is named, and what can be done', async () => {
    expect(await lineOf(opened(rounded()))).toMatch(
      /^model\.onnx: the compiled graph failed verification: gradient .* expected; Cast '\/Cast_cast_\d' lets no gradient through, which --straight-through would$/,
    );
  });

  test('is none with gradients that pass straight through', async () => {
    const { engine } = await opened(rounded(), { straightThrough: true });
    expect(engine.info.reason).toMatch(/straight-through gradient at cosine 1\.00/);
    await engine.close();
  });
});
