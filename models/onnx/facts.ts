import { UserError } from '../../src/core/errors.ts';
import { TensorProto_DataType as ElementType, type NodeProto } from '../../src/graph/proto/onnx_pb.ts';
import type { Classes } from './classes.ts';
import { elementsOf } from './elementTypes.ts';
import type { OnnxFile } from './readModel.ts';
import { nodeLists, tensorsOf } from './walk.ts';

/** Versions of the operator sets, by domain. */
export function opsetsOf({ path, model }: OnnxFile): ReadonlyMap<string, number> {
  if (model.opsetImport.length === 0) throw new UserError(`${path}: not an ONNX model: it names no operator set`);
  return new Map(model.opsetImport.map(({ domain, version }) => [domain, Number(version)]));
}

/** The numbers it has learned, quantised ones among them. */
export function parametersOf({ graph }: OnnxFile): number {
  const weights = graph.initializer.filter(({ dataType, dims }) => floatTypes.has(dataType) || (quantizedTypes.has(dataType) && dims.length > 1));
  return weights.reduce((sum, weight) => sum + elementsOf(weight), 0);
}

/** A vector or a single number of them is a zero point. */
const quantizedTypes = new Set<number>([ElementType.INT8, ElementType.UINT8]);
const halfTypes = new Set<number>([ElementType.FLOAT16, ElementType.BFLOAT16]);
const floatTypes = new Set<number>([...halfTypes, ElementType.FLOAT, ElementType.DOUBLE]);

/** Whether it computes with numbers of 16 bits: is given them, holds them or makes them. */
export function hasHalves({ model }: OnnxFile, inputType: number): boolean {
  const makesHalves = ({ opType, attribute }: NodeProto): boolean =>
    opType === 'Cast' && attribute.some(({ name, i }) => name === 'to' && halfTypes.has(Number(i)));
  return (
    halfTypes.has(inputType) ||
    [...tensorsOf(model)].some(({ dataType }) => halfTypes.has(dataType)) ||
    [...nodeLists(model)].flat().some(makesHalves)
  );
}

/** For the report. */
export function describeLogits({ tap, units, output }: Classes): string {
  const place = tap === undefined ? 'as the model returns them' : `before the final ${tap}${units === 1 ? ', as two classes [0, z]' : ''}`;
  return output === undefined ? place : `of output ${output}, ${place}`;
}
