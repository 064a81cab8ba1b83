import type { DType, Graph, TensorData, Value } from '../../src/graph/ir.ts';
import { Untraceable } from '../../src/graph/ir.ts';
import { TensorProto_DataType as ElementType, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';

/** A tensor of the file as the IR has it. */
export interface Decoded {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** An initialiser as a constant of the graph. */
export function constantOf(graph: Graph, tensor: TensorProto): Value {
  const { data, shape, dtype } = decoded(tensor);
  return graph.constant(data, shape, dtype, tensor.name);
}

/**
 * The numbers of a tensor. The IR has fewer types than ONNX: float16, bfloat16 and float64 become float32, integers the
 * smallest signed type of the IR that holds them. Data outside the file must have been read into the tensor before.
 */
export function decoded(tensor: TensorProto): Decoded {
  const shape = tensor.dims.map(Number);
  const raw = tensor.rawData.length > 0 ? tensor.rawData.slice().buffer : undefined;
  switch (tensor.dataType as ElementType) {
    case ElementType.FLOAT:
      return { dtype: 'float32', shape, data: raw ? new Float32Array(raw) : Float32Array.from(tensor.floatData) };
    case ElementType.INT64:
      return { dtype: 'int64', shape, data: raw ? new BigInt64Array(raw) : BigInt64Array.from(tensor.int64Data) };
    default:
      throw new Untraceable('Constant', `tensor '${tensor.name}': its element type ${tensor.dataType} is not supported`);
  }
}
