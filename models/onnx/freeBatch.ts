import { create } from '@bufbuild/protobuf';
import {
  NodeProtoSchema,
  TensorProto_DataType as ElementType,
  TensorProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from '../../src/graph/proto/onnx_pb.ts';
import { decoded } from './tensor.ts';
import { constantsOf } from './walk.ts';

/** Which input of an op is a shape, batch first. */
const shapeInputs: Readonly<Record<string, number>> = { Reshape: 1, Expand: 1, Resize: 3 };

/**
 * A graph that an exporter made for `rows` rows, for `batch` instead: a constant shape that begins with the one begins
 * with the other. It is a guess, as a 1 can mean anything: verification says, row by row, whether it was right.
 */
export function freed(graph: GraphProto, rows: number, batch: number): Pick<GraphProto, 'node' | 'initializer'> {
  const { node: nodes, input, initializer } = graph;
  const constants = constantsOf(graph);
  /** Made of the examples: constants have no batch. */
  const varying = new Set(input.map(({ name }) => name).filter((name) => !constants.has(name)));
  const added: TensorProto[] = [];
  const node = nodes.map((one): NodeProto => {
    if (!one.input.some((name) => varying.has(name))) return one;
    for (const name of one.output) varying.add(name);
    const at = one.domain === '' ? shapeInputs[one.opType] : undefined;
    const shape = at === undefined ? undefined : constants.get(one.input[at] ?? '');
    if (at === undefined || shape?.dataType !== (ElementType.INT64 as number)) return one;
    const [first, ...rest] = decoded(shape).data as BigInt64Array;
    if (first !== BigInt(rows) || rest.length === 0) return one;
    const name = `breakwater:shape ${added.length}`;
    added.push(create(TensorProtoSchema, { name, dims: [BigInt(rest.length + 1)], dataType: ElementType.INT64, int64Data: [BigInt(batch), ...rest] }));
    return create(NodeProtoSchema, { opType: one.opType, name: one.name, input: one.input.with(at, name), output: one.output, attribute: one.attribute });
  });
  return { node, initializer: [...initializer, ...added] };
}
