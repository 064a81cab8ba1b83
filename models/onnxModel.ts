import { extname } from 'node:path';
import type { Graph } from '../src/graph/ir.ts';
import type { ModelChoices, OnnxModel, Preprocessing } from '../src/graph/model.ts';
import { affineOf } from '../src/graph/preprocessing.ts';
import { checkSizes } from './checkSizes.ts';
import type { ModelLoader } from './modelLoader.ts';
import { classesOf } from './onnx/classes.ts';
import { describeLogits, hasHalves, opsetsOf, parametersOf } from './onnx/facts.ts';
import { checkImport, importModel, logitsOf, type Importing } from './onnx/importModel.ts';
import { exampleShape, inputOf } from './onnx/inputs.ts';
import { withNoise, withNoiseInputs } from './onnx/noise.ts';
import { withPlainEnds } from './onnx/plainEnds.ts';
import { readModel } from './onnx/readModel.ts';
import { trainableOnnx } from './onnx/trainableOnnx.ts';

/** What PyTorch, scikit-learn, Keras and others export: one .onnx file, and at times its weights beside it. */
export const onnxModel: ModelLoader = {
  name: 'onnx',
  summary: 'an ONNX model (.onnx, and the data it keeps beside it)',
  matches: (file) => extname(file) === '.onnx',
  choices: ['output', 'inputShape'],
  open: openOnnx,
};

async function openOnnx(path: string, preprocessing: Preprocessing, { output: wanted, inputShape: sizes }: ModelChoices): Promise<OnnxModel> {
  const file = await readModel(path);
  const { model, graph } = file;
  const opsets = opsetsOf(file);
  const found = inputOf(path, graph, sizes);
  const inputShape = exampleShape(found);
  checkImport(file, { input: found, inputShape, opsets, batch: found.rows ?? 1 });
  const classes = await classesOf(file, { input: found, opset: opsets.get('') ?? 1, wanted });
  const { scores, units, rows } = classes;
  const ends = withPlainEnds(model, graph, found, [scores]);
  const noisy = withNoise(graph);
  const drawn = noisy && withPlainEnds(model, withNoiseInputs(noisy), found, [scores]).bytes;
  const affine = affineOf(preprocessing, inputShape);
  const { shape, channelsFirst } = found;
  const input = { shape, channelsFirst, ...(rows !== undefined && { rows }), ...(affine && { affine }) };
  const halves = hasHalves(file, found.elementType);
  const imported = (batch: number, training?: Importing['training']) =>
    importModel({ model, graph: noisy ?? graph }, { input: { ...input, name: found.name }, inputShape, opsets, batch, ...(training && { training }) });
  const traced = (batch: number, training?: Importing['training']): Graph => {
    const { graph: made, values } = imported(batch, training);
    made.output('logits', logitsOf(made, values.get(scores), [batch, units]));
    return checkSizes(path, made, batch);
  };
  return {
    path,
    format: 'onnx',
    sha256: file.sha256,
    inputShape,
    classes: Math.max(units, 2),
    parameters: parametersOf(file),
    preprocessing,
    logits: describeLogits(classes),
    trace: (batch) => Promise.resolve().then(() => traced(batch)),
    trainable: trainableOnnx(file, halves, (batch, parameters, mode) => Promise.resolve().then(() => traced(batch, { parameters, mode }))),
    onnx: { bytes: ends.bytes, input: { ...input, name: ends.input }, output: ends.outputs[0] ?? '', units, halves, ...(drawn && { drawn }) },
    examine: (batch) => Promise.resolve().then(() => imported(batch)).then((made) => ({
      ...made,
      nodes: graph.node.map(({ opType: op, name, input: inputs, output: outputs }) => ({ op, name: name || (outputs[0] ?? ''), inputs, outputs })),
      withOutputs: (names) => withPlainEnds(model, graph, found, names),
    })),
    close: () => undefined,
  };
}
