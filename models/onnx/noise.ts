import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as ElementType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from '../../src/graph/proto/onnx_pb.ts';
import { constantsOf } from './walk.ts';

/** Our own op: numbers drawn for each example, of the shape of its input or of its attribute `shape`. */
const noise = { domain: 'breakwater', opType: 'Noise' };

/**
 * The graph with its random numbers drawn by Noise nodes, standard normal or uniform in [0, 1), and what the file makes
 * of them in ops that draw nothing; undefined when it draws none. Only Multinomial stays, which counts.
 */
export function withNoise(graph: GraphProto): GraphProto | undefined {
  const constants = constantsOf(graph);
  const node = graph.node.map((each) => (each.domain === '' ? drawing[each.opType]?.(each, constants) : undefined) ?? each);
  if (node.every((each, at) => each === graph.node[at])) return undefined;
  return changed(graph, { node: node.flat() });
}

/** The same graph for ONNX Runtime, which knows no Noise: each is an input. */
export function withNoiseInputs(graph: GraphProto): GraphProto {
  const drawn = graph.node.filter(isNoise).map(({ output }) => floatInput(output[0] ?? ''));
  return changed(graph, { node: graph.node.filter((node) => !isNoise(node)), input: [...graph.input, ...drawn] });
}

const isNoise = ({ domain, opType }: NodeProto): boolean => domain === noise.domain && opType === noise.opType;

function changed(graph: GraphProto, fields: Partial<GraphProto>): GraphProto {
  return create(GraphProtoSchema, { ...graph, ...fields });
}

const floatInput = (name: string) =>
  create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType: ElementType.FLOAT } } } });

type Constants = ReadonlyMap<string, TensorProto>;
type Drawing = (node: NodeProto, constants: Constants) => readonly NodeProto[] | undefined;

const attributeOf = ({ attribute }: NodeProto, name: string): AttributeProto | undefined => attribute.find((each) => each.name === name);
const numberOf = (node: NodeProto, name: string, otherwise: number): number => attributeOf(node, name)?.f ?? otherwise;

/** Nodes that stand for one: the last of them carries its name, the others names that begin with its output's. */
class Formula {
  readonly nodes: NodeProto[] = [];
  private readonly of: NodeProto;

  constructor(of: NodeProto) {
    this.of = of;
  }

  /** Standard numbers, shaped like a value, or as the node's own attribute says. */
  noise(kind: 'normal' | 'uniform', like?: string): string {
    const shape = attributeOf(this.of, 'shape');
    const attribute = [text('kind', kind), ...(like === undefined && shape ? [shape] : [])];
    return this.push({ ...noise, input: like === undefined ? [] : [like], attribute });
  }

  op(opType: string, input: readonly string[], output?: string): string {
    return this.push({ opType, input: [...input] }, output);
  }

  constant(value: number): string {
    const t = create(TensorProtoSchema, { dataType: ElementType.FLOAT, floatData: [value] });
    return this.push({ opType: 'Constant', attribute: [create(AttributeProtoSchema, { name: 'value', type: AttributeType.TENSOR, t })] });
  }

  cast(from: string, to: number, output?: string): string {
    return this.push({ opType: 'Cast', input: [from], attribute: [create(AttributeProtoSchema, { name: 'to', type: AttributeType.INT, i: BigInt(to) })] }, output);
  }

  private push(node: { opType: string; domain?: string; input?: string[]; attribute?: AttributeProto[] }, output?: string): string {
    const { name, output: [first = ''] } = this.of;
    const to = output ?? `${first}:${this.nodes.length}`;
    // Names are unique. A Noise node is found again by its result: an input of the file as ONNX Runtime runs it.
    this.nodes.push(create(NodeProtoSchema, { ...node, name: to === first ? name || first : to, output: [to] }));
    return to;
  }
}

const text = (name: string, value: string): AttributeProto =>
  create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });

/** A type that the node may state for its result. */
function resultType(node: NodeProto): number {
  return Number(attributeOf(node, 'dtype')?.i ?? ElementType.FLOAT);
}

/** scale · noise + shift */
const affine =
  (kind: 'normal' | 'uniform', ends: (node: NodeProto) => readonly [scale: number, shift: number]): Drawing =>
  (node) => {
    const formula = new Formula(node);
    const [scale, shift] = ends(node);
    const drawn = formula.noise(kind, node.input[0]);
    const moved = formula.op('Add', [formula.op('Mul', [drawn, formula.constant(scale)]), formula.constant(shift)]);
    formula.cast(moved, resultType(node), node.output[0]);
    return formula.nodes;
  };

const normal = affine('normal', (node) => [numberOf(node, 'scale', 1), numberOf(node, 'mean', 0)]);
const uniform = affine('uniform', (node) => [numberOf(node, 'high', 1) - numberOf(node, 'low', 0), numberOf(node, 'low', 0)]);

/**
 * 1 where a uniform number is greater than the input, as in ONNX's own definition of it in simpler ops, which ONNX Runtime
 * runs: 1 with the probability of a 0 that its text promises.
 */
const bernoulli: Drawing = (node) => {
  const formula = new Formula(node);
  const [probability = ''] = node.input;
  formula.cast(formula.op('Greater', [formula.noise('uniform', probability), probability]), resultType(node), node.output[0]);
  return formula.nodes;
};

/** In training: 0 with the probability `ratio`, what is left is scaled up. Otherwise it draws nothing. */
const dropout: Drawing = (node, constants) => {
  const [x = '', ratio = '', training = ''] = node.input;
  if (!isTrue(constants.get(training))) return undefined;
  const formula = new Formula(node);
  const share = ratio === '' ? formula.constant(0.5) : ratio;
  const [result, mask] = node.output;
  const kept = formula.op('GreaterOrEqual', [formula.noise('uniform', x), share], mask === '' ? undefined : mask);
  const scaled = formula.op('Div', [x, formula.op('Sub', [formula.constant(1), share])]);
  formula.op('Where', [kept, scaled, formula.constant(0)], result);
  return formula.nodes;
};

const isTrue = (tensor: TensorProto | undefined): boolean =>
  tensor !== undefined && (tensor.rawData.some((byte) => byte !== 0) || tensor.int32Data.some((value) => value !== 0));

const drawing: Readonly<Record<string, Drawing | undefined>> = {
  RandomNormal: normal,
  RandomNormalLike: normal,
  RandomUniform: uniform,
  RandomUniformLike: uniform,
  Bernoulli: bernoulli,
  Dropout: dropout,
};
