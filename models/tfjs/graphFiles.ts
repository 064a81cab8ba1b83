import type { io } from '@tensorflow/tfjs';
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { UserError } from '../../src/core/errors.ts';
import { GraphDef, graphNode, graphTensor, nodeName, type GraphNode } from './graphDef.ts';
import { checkedJson, readModelJson } from './modelJson.ts';
import { plain } from './plainNodes.ts';
import { readWeights, weightsManifest } from './weightFiles.ts';

const signature = v.looseObject({
  inputs: v.optional(v.record(v.string(), graphTensor)),
  outputs: v.optional(v.record(v.string(), graphTensor)),
});
const topology = v.looseObject({ node: v.array(graphNode), versions: v.optional(v.looseObject({}), {}) });
const schema = v.object({
  modelTopology: topology,
  weightsManifest,
  signature: v.optional(signature),
  /** Where older converters put it. */
  userDefinedMetadata: v.optional(v.looseObject({ signature: v.optional(signature) })),
});

export type Signature = v.InferOutput<typeof signature>;

export interface GraphFiles {
  readonly artifacts: io.ModelArtifacts;
  readonly graph: GraphDef;
  readonly signature: Signature;
  /** Over model.json and the shards in the manifest's order. */
  readonly sha256: string;
}

/** Reads model.json and its shards; checks that nodes and weights belong together. Needs no TF.js. */
export async function readGraphFiles(file: string): Promise<GraphFiles> {
  const { text, json } = await readModelJson(file);
  const { modelTopology, weightsManifest: manifest, ...rest } = checkedJson(file, 'GraphModel', schema, json);
  const given = rest.userDefinedMetadata?.signature ?? rest.signature ?? {};
  const hash = createHash('sha256').update(text);
  const weights = await readWeights(file, manifest, hash);
  checkNodes(file, modelTopology.node, new Set(weights.weightSpecs.map(({ name }) => name)));
  const nodes = modelTopology.node.flatMap(plain);
  const artifacts = { modelTopology: { ...modelTopology, node: nodes }, ...weights, signature: given, format: 'graph-model' };
  return { artifacts, graph: new GraphDef(nodes), signature: given, sha256: hash.digest('hex') };
}

function checkNodes(file: string, nodes: readonly GraphNode[], weights: ReadonlySet<string>): void {
  const names = new Set(nodes.map(({ name }) => name));
  for (const { name, op, input = [] } of nodes) {
    const missing = input.find((reference) => !names.has(nodeName(reference)));
    if (missing !== undefined) throw new UserError(`${file}: node ${name} takes ${missing}, which the graph does not have`);
    if (op === 'Const' && !weights.has(name)) throw new UserError(`${file}: node ${name} is a constant that the weights do not have`);
  }
}
