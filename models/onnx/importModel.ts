import { UserError } from '../../src/core/errors.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import { Graph, Untraceable, type Value } from '../../src/graph/ir.ts';
import type { OnnxInput } from '../../src/graph/model.ts';
import { parameterInput, type Mode, type Parameter } from '../../src/graph/trainable.ts';
import { freed } from './freeBatch.ts';
import { importGraph } from './importGraph.ts';
import type { OnnxFile } from './readModel.ts';

/** How examples come into the file's graph. */
export interface Importing {
  readonly input: OnnxInput;
  readonly inputShape: readonly number[];
  readonly opsets: ReadonlyMap<string, number>;
  readonly batch: number;
  /** Initialisers that become inputs, and how the model computes; in training the new averages are outputs. */
  readonly training?: { readonly parameters: readonly Parameter[]; readonly mode: Mode };
}

/** The file's graph from `x`, examples as breakwater has them, and its values by the file's names. Throws Untraceable. */
export function importModel({ graph: proto, model: { functions } }: Pick<OnnxFile, 'graph' | 'model'>, { input, inputShape, opsets, batch, training }: Importing) {
  const oldest = 7;
  const opset = opsets.get('') ?? 1;
  if (opset < oldest) throw new Untraceable('opset', `operator set ${opset} is older than ${oldest}, from where on ops mean what they mean today`);
  const graph = new Graph();
  const x = graph.input('x', [batch, ...inputShape]);
  const nodes = input.rows === undefined || input.rows === batch ? proto : freed(proto, input.rows, batch);
  const parameters = training?.parameters.map((each) => [each.name, parameterInput(graph, each)] as const) ?? [];
  const inputs = new Map([...parameters, [input.name, asFile(graph, x, input)]]);
  const values = importGraph(nodes, graph, { batch, opsets, functions, inputs, training: training?.mode === 'training' });
  return { graph, values };
}

/** An example as the file wants it: preprocessed, channels where they belong. */
function asFile(graph: Graph, x: Value, { affine, channelsFirst }: OnnxInput): Value {
  const channels = (numbers: readonly number[]): Value => graph.constant(Float32Array.from(numbers), [numbers.length]);
  const scaled = affine ? graph.add('Add', [graph.add('Mul', [x, channels(affine.gain)]), channels(affine.shift)]) : x;
  return channelsFirst ? graph.add('Transpose', [scaled], { perm: [0, 3, 1, 2] }) : scaled;
}

/** The scores as logits [batch, classes]. A sigmoid of z is a softmax of [0, z]. */
export function logitsOf(graph: Graph, scores: Value | undefined, [batch, units]: readonly [number, number]): Value {
  if (!scores || sizeOf(scores.shape) !== batch * units)
    throw new Untraceable('graph', `its scores are [${scores?.shape.join(', ') ?? ''}] for ${batch} rows of ${units} classes`);
  const logits = graph.add('Reshape', [scores], { shape: [batch, units] });
  if (units > 1) return logits;
  return graph.add('Concat', [graph.constant(new Float32Array(batch), [batch, 1]), logits], { axis: 1 });
}

/** What our front end finds absurd ONNX Runtime is not asked to run. That an op is unknown is told when it matters. */
export function checkImport(file: OnnxFile, importing: Importing): void {
  try {
    importModel(file, importing);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${file.path}: ${error.message}`, { cause: error });
    if (!(error instanceof Untraceable)) throw error;
  }
}
