import { UserError } from '../../src/core/errors.ts';
import { TensorProto_DataType as ElementType, type GraphProto, type NodeProto } from '../../src/graph/proto/onnx_pb.ts';
import { tensorType } from './inputs.ts';

/** A value that may be the classifier's answer. */
export interface Candidate {
  /** The output of the file. */
  readonly output: string;
  /** The value that holds it as a tensor: another one where the output is a sequence of maps. */
  readonly scores: string;
  /** What goes into the softmax or sigmoid that the scores come from. */
  readonly tap?: Tap;
}

export interface Tap {
  readonly logits: string;
  readonly normaliser: 'softmax' | 'log-softmax' | 'sigmoid';
  /** Which axes the softmax runs over: one, or from it to the last. */
  readonly axis: number;
  readonly toTheLast: boolean;
}

const normalisers: Readonly<Record<string, Tap['normaliser']>> = { Softmax: 'softmax', LogSoftmax: 'log-softmax', Sigmoid: 'sigmoid' };
/** Ops that hand on every value as it is; Cast does where it makes floats. */
const transparent = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast', 'Dropout']);

const handsOn = ({ domain, opType, attribute }: NodeProto): boolean =>
  domain === '' && transparent.has(opType) && (opType !== 'Cast' || attribute.some(({ name, i }) => name === 'to' && floats.has(Number(i))));

/** The outputs that may hold class scores, with the logits behind them. Labels, which are no floats, are left out. */
export function candidates(graph: GraphProto, opset: number): Candidate[] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const scores = graph.output.flatMap((output): { output: string; scores: string }[] => {
    const { name, type } = output;
    const maker = makers.get(name);
    if (maker?.opType === 'ZipMap') return [{ output: name, scores: maker.input[0] ?? '' }];
    const elements = tensorType(output)?.elemType;
    const isFloat = elements === undefined ? type === undefined : floats.has(elements);
    return isFloat ? [{ output: name, scores: name }] : [];
  });
  return scores.map((found) => {
    const tap = tapOf(makers, found.scores, opset);
    return { ...found, ...(tap && { tap }) };
  });
}

const floats = new Set<number>([ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE, ElementType.BFLOAT16]);

/** The output asked for; else the only one, the only one that ends in a softmax or sigmoid, or the one called logits. */
export function chosen(file: string, graph: GraphProto, found: readonly Candidate[], wanted: string | undefined): Candidate {
  const names = graph.output.map(({ name }) => name);
  if (wanted !== undefined) {
    const [named] = found.filter(({ output }) => output === wanted);
    if (named) return named;
    const why = names.includes(wanted) ? 'which holds no floats' : `and the model has ${names.join(', ')}`;
    throw new UserError(`${file}: expected an output of class scores, found '${wanted}', ${why}`);
  }
  const rules: ((candidate: Candidate) => boolean)[] = [() => true, ({ tap }) => tap !== undefined, ({ output }) => output.toLowerCase() === 'logits'];
  for (const rule of rules) {
    const fitting = found.filter(rule);
    const [first] = fitting;
    if (first && new Set(fitting.map(({ scores, tap }) => tap?.logits ?? scores)).size === 1) return first;
  }
  const hint = found.length > 1 ? '; --output says which' : '';
  throw new UserError(`${file}: expected one output of class scores, found ${found.length} of floats among ${names.join(', ')}${hint}`);
}

/** Looks from a value back through copies and reshapes for a final softmax or sigmoid. */
function tapOf(makers: ReadonlyMap<string, NodeProto>, from: string, opset: number): Tap | undefined {
  let node = makers.get(from);
  while (node && handsOn(node)) node = makers.get(node.input[0] ?? '');
  const normaliser = node?.domain === '' ? normalisers[node.opType] : undefined;
  const [logits] = node?.input ?? [];
  if (!node || normaliser === undefined || logits === undefined) return undefined;
  const stated = node.attribute.find(({ name }) => name === 'axis');
  return { logits, normaliser, axis: stated ? Number(stated.i) : opset < 13 ? 1 : -1, toTheLast: opset < 13 };
}

/** Whether the values behind the scores [rows, units] are their logits: the softmax must run over all of a row, and no more. */
export function isTappable({ normaliser, axis, toTheLast }: Tap, shape: readonly number[], rows: number, units: number): boolean {
  if (shape.reduce((product, n) => product * n, 1) !== rows * units || shape[0] !== rows) return false;
  if (normaliser === 'sigmoid') return true;
  const from = axis < 0 ? axis + shape.length : axis;
  const normalised = toTheLast ? shape.slice(from) : shape.slice(from, from + 1);
  return from > 0 && normalised.reduce((product, n) => product * n, 1) === units;
}
