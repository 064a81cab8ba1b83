import { extname } from 'node:path';
import { UserError } from '../src/core/errors.ts';
import { sizeOf } from '../src/graph/broadcast.ts';
import { Graph, Untraceable, type Value } from '../src/graph/ir.ts';
import type { ModelChoices, OnnxInput, OnnxModel, Preprocessing } from '../src/graph/model.ts';
import { affineOf } from '../src/graph/preprocessing.ts';
import { TensorProto_DataType as ElementType } from '../src/graph/proto/onnx_pb.ts';
import { checkSizes } from './checkSizes.ts';
import type { ModelLoader } from './modelLoader.ts';
import { classesOf } from './onnx/classes.ts';
import { freed } from './onnx/freeBatch.ts';
import { importGraph } from './onnx/importGraph.ts';
import { exampleShape, inputOf } from './onnx/inputs.ts';
import { withNoise, withNoiseInputs } from './onnx/noise.ts';
import { withPlainEnds } from './onnx/plainEnds.ts';
import { readModel, type OnnxFile } from './onnx/readModel.ts';

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
  const opsets = opsetsOf(file);
  const found = inputOf(path, file.graph, sizes);
  const inputShape = exampleShape(found);
  const affine = affineOf(preprocessing, inputShape);
  checkImport(() => importAll(file, { input: found, inputShape, opsets, batch: found.rows ?? 1 }), path);
  const { scores, units, tap, rows } = await classesOf(file, { input: found, opset: opsets.get('') ?? 1, wanted });
  const { bytes, input: name, outputs: [output = ''] } = withPlainEnds(file.model, file.graph, found, [scores]);
  const input = { name, shape: found.shape, channelsFirst: found.channelsFirst, ...(rows !== undefined && { rows }), ...(affine && { affine }) };
  const noisy = withNoise(file.graph);
  const drawn = noisy && withPlainEnds(file.model, withNoiseInputs(noisy), found, [scores]).bytes;
  const imported = (batch: number) => importAll({ ...file, graph: noisy ?? file.graph }, { input: { ...input, name: found.name }, inputShape, opsets, batch });
  const trace = (batch: number): Graph => {
    const { graph, values } = imported(batch);
    graph.output('logits', logitsOf(graph, values.get(scores), [batch, units]));
    return checkSizes(path, graph, batch);
  };
  return {
    path,
    format: 'onnx',
    sha256: file.sha256,
    inputShape,
    classes: Math.max(units, 2),
    parameters: parametersOf(file),
    preprocessing,
    logits: `${wanted === undefined ? '' : `of output ${wanted}, `}${describe(tap, units)}`,
    trace: (batch) => Promise.resolve().then(() => trace(batch)),
    onnx: { bytes, input, output, units, halves: hasHalves(file, found.elementType), ...(drawn && { drawn }) },
    examine: (batch) =>
      Promise.resolve().then(() => ({
        ...imported(batch),
        nodes: file.graph.node.map(({ opType: op, name, input: inputs, output: outputs }) => ({ op, name: name || (outputs[0] ?? ''), inputs, outputs })),
        withOutputs: (names) => withPlainEnds(file.model, file.graph, found, names),
      })),
    close: () => undefined,
  };
}

/** What our front end finds absurd ONNX Runtime is not asked to run. That an op is unknown is told when it matters. */
function checkImport(run: () => unknown, path: string): void {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${path}: ${error.message}`, { cause: error });
    if (!(error instanceof Untraceable)) throw error;
  }
}

interface Importing {
  readonly input: OnnxInput;
  readonly inputShape: readonly number[];
  readonly opsets: ReadonlyMap<string, number>;
  readonly batch: number;
}

/** The whole graph, from examples as breakwater has them. */
function importAll({ graph: proto, model: { functions } }: OnnxFile, { input, inputShape, opsets, batch }: Importing) {
  const oldest = 7;
  const opset = opsets.get('') ?? 1;
  if (opset < oldest) throw new Untraceable('opset', `operator set ${opset} is older than ${oldest}, from where on ops mean what they mean today`);
  const graph = new Graph();
  const x = graph.input('x', [batch, ...inputShape]);
  const nodes = input.rows === undefined || input.rows === batch ? proto : freed(proto, input.rows, batch);
  const values = importGraph(nodes, graph, { batch, opsets, functions, inputs: new Map([[input.name, asFile(graph, x, input)]]) });
  return { graph, values };
}

/** An example as the file wants it: preprocessed, channels where they belong. */
function asFile(graph: Graph, x: Value, { affine, channelsFirst }: OnnxInput): Value {
  const channels = (numbers: readonly number[]): Value => graph.constant(Float32Array.from(numbers), [numbers.length]);
  const scaled = affine ? graph.add('Add', [graph.add('Mul', [x, channels(affine.gain)]), channels(affine.shift)]) : x;
  return channelsFirst ? graph.add('Transpose', [scaled], { perm: [0, 3, 1, 2] }) : scaled;
}

/** [batch, classes]. A sigmoid of z is a softmax of [0, z]. */
function logitsOf(graph: Graph, scores: Value | undefined, [batch, units]: readonly [number, number]): Value {
  if (!scores || sizeOf(scores.shape) !== batch * units)
    throw new Untraceable('graph', `its scores are [${scores?.shape.join(', ') ?? ''}] for ${batch} rows of ${units} classes`);
  const logits = graph.add('Reshape', [scores], { shape: [batch, units] });
  if (units > 1) return logits;
  return graph.add('Concat', [graph.constant(new Float32Array(batch), [batch, 1]), logits], { axis: 1 });
}

function opsetsOf({ path, model }: OnnxFile): ReadonlyMap<string, number> {
  if (model.opsetImport.length === 0) throw new UserError(`${path}: not an ONNX model: it names no operator set`);
  return new Map(model.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]));
}

function parametersOf({ graph }: OnnxFile): number {
  const weights = graph.initializer.filter(({ dataType, dims }) => floatTypes.has(dataType) || (quantizedTypes.has(dataType) && dims.length > 1));
  return weights.reduce((sum, { dims }) => sum + dims.reduce((product, n) => product * Number(n), 1), 0);
}

/** A vector or a single number of them is a zero point. */
const quantizedTypes = new Set<number>([ElementType.INT8, ElementType.UINT8]);
const halfTypes = new Set<number>([ElementType.FLOAT16, ElementType.BFLOAT16]);
const floatTypes = new Set<number>([...halfTypes, ElementType.FLOAT, ElementType.DOUBLE]);

function hasHalves({ graph }: OnnxFile, inputType: number): boolean {
  return halfTypes.has(inputType) || graph.initializer.some(({ dataType }) => halfTypes.has(dataType));
}

function describe(tap: string | undefined, units: number): string {
  if (tap === undefined) return 'as the model returns them';
  return `before the final ${tap}${units === 1 ? ', as two classes [0, z]' : ''}`;
}
