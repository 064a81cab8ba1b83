/**
 * Writes models/zoo/fashion-cnn-graph: the bundled model's weights as a TF.js GraphModel, the way TF.js's converter
 * writes one. `npx tsx models/zoo/write-graph-twin.ts [FOLDER]` gives the same bytes every time.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/core/package.ts';
import { constantName, flattenTo, signature, twinNodes } from './graphTwin.ts';

interface SavedLayers {
  readonly weightsManifest: readonly [{ readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[] }];
}

export async function writeGraphTwin(folder: string): Promise<void> {
  const source = join(packageRoot, 'models/zoo/fashion-cnn');
  const { weightsManifest } = JSON.parse(await readFile(join(source, 'model.json'), 'utf8')) as SavedLayers;
  const [{ weights }] = weightsManifest;
  const floats = await readFile(join(source, 'group1-shard1of1.bin'));
  const shard = 'group1-shard1of1.bin';
  const entries = [
    { name: flattenTo.name, shape: [flattenTo.values.length], dtype: 'int32' },
    ...weights.map(({ name, shape }) => ({ name: constantName(name), shape, dtype: 'float32' })),
  ];
  const json = {
    format: 'graph-model',
    generatedBy: 'breakwater',
    convertedBy: 'models/zoo/write-graph-twin.ts',
    signature,
    modelTopology: { node: twinNodes(weights), library: {}, versions: { producer: 1882 } },
    weightsManifest: [{ paths: [shard], weights: entries }],
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(json, null, 1)}\n`);
  await writeFile(join(folder, shard), Buffer.concat([Buffer.from(Int32Array.from(flattenTo.values).buffer), floats]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeGraphTwin(process.argv[2] ?? join(packageRoot, 'models/zoo/fashion-cnn-graph'));
}
