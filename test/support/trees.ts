import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, ValueInfoProtoSchema, type ModelProto } from '../../src/graph/proto/onnx_pb.ts';
import { float, OnnxFile } from './onnxFile.ts';

/** A stump per row: where feature `at` is ≤ `below`, its scores are `left`, else `right`. */
export interface Stump {
  readonly at: number;
  readonly below: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
}

const ml = { domain: 'ai.onnx.ml' };

/** An ensemble of stumps as scikit-learn's, XGBoost's and LightGBM's converters write it: label, and scores of each class. */
export function treesFile(stumps: readonly Stump[], features: number, { zipMap }: { readonly zipMap: boolean }): OnnxFile {
  const file = new OnnxFile(15);
  file.input('X', ['N', features]);
  const classes = stumps[0]!.left.map((_, k) => k);
  const nodes = stumps.flatMap(({ at, below }, tree) => [
    { tree, node: 0, at, mode: 'BRANCH_LEQ', below, yes: 1, no: 2 },
    { tree, node: 1, at: 0, mode: 'LEAF', below: 0, yes: 0, no: 0 },
    { tree, node: 2, at: 0, mode: 'LEAF', below: 0, yes: 0, no: 0 },
  ]);
  const leaves = stumps.flatMap(({ left, right }, tree) =>
    [left, right].flatMap((scores, side) => scores.map((weight, k) => ({ tree, node: 1 + side, k, weight }))),
  );
  const attributes = {
    nodes_treeids: nodes.map(({ tree }) => tree),
    nodes_nodeids: nodes.map(({ node }) => node),
    nodes_featureids: nodes.map(({ at }) => at),
    nodes_modes: nodes.map(({ mode }) => mode),
    nodes_values: float(nodes.map(({ below }) => below)),
    nodes_truenodeids: nodes.map(({ yes }) => yes),
    nodes_falsenodeids: nodes.map(({ no }) => no),
    class_treeids: leaves.map(({ tree }) => tree),
    class_nodeids: leaves.map(({ node }) => node),
    class_ids: leaves.map(({ k }) => k),
    class_weights: float(leaves.map(({ weight }) => weight)),
    classlabels_int64s: classes,
    post_transform: 'NONE',
  };
  file.node('TreeEnsembleClassifier', ['X'], attributes, { outputs: ['label', 'probabilities'], ...ml });
  file.output('label', ['N'], 'INT64');
  if (zipMap) file.node('ZipMap', ['probabilities'], { classlabels_int64s: classes }, { outputs: ['output_probability'], ...ml });
  else file.output('probabilities', ['N', classes.length]);
  return file;
}

/** The file's bytes; with a ZipMap, its output is a sequence of maps. */
export function treesBytes(stumps: readonly Stump[], features: number, options: { readonly zipMap: boolean }): Uint8Array {
  const model = treesFile(stumps, features, options).model();
  if (options.zipMap) model.graph!.output.push(sequenceOfMaps('output_probability'));
  return toBinary(ModelProtoSchema, model);
}

function sequenceOfMaps(name: string): NonNullable<ModelProto['graph']>['output'][number] {
  const [float32, int64] = [1, 7];
  const scores = { value: { case: 'tensorType' as const, value: { elemType: float32 } } };
  const map = { value: { case: 'mapType' as const, value: { keyType: int64, valueType: scores } } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'sequenceType', value: { elemType: map } } } });
}
