import { bundledDataset } from '../datasets/bundled.ts';
import { openDataset, select } from '../datasets/index.ts';
import { bundledModel } from '../models/bundled.ts';
import { openModel } from '../models/index.ts';
import type { Oracle } from '../src/core/oracle.ts';
import { compileModel } from '../src/engine/compile.ts';
import { openCompiled } from '../src/engine/compiledOracle.ts';
import { type Example, exampleOf } from '../src/evaluate/example.ts';

/** The bundled model on one thread, and the first images of the bundled set. */
export async function bundledImages(limit: number): Promise<{ oracle: Oracle; examples: Example[] }> {
  const model = await openModel(bundledModel());
  const oracle = await openCompiled(await compileModel(model), { threads: 1 });
  model.close();
  const examples: Example[] = [];
  for await (const sample of select(await openDataset(bundledDataset()), { limit })) examples.push(exampleOf(sample));
  return { oracle, examples };
}
