import type { Oracle } from '../core/oracle.ts';
import type { SavedModel } from '../graph/model.ts';
import { openEager } from './eager/openEager.ts';
import type { NoiseInput } from './noise.ts';
import { openOriginal, originalModel } from './originalOracle.ts';
import { probeRows } from './rows.ts';
import { runtimeVersion } from './session.ts';

/** A model run by its own framework, as it was saved. */
export interface Reference extends Pick<Oracle, 'predict' | 'batchSize' | 'size' | 'classes' | 'random' | 'close'> {
  /** As a sentence names it: `TF.js 4.22.0 (wasm)`. */
  readonly title: string;
  /** What it runs in, without versions. */
  readonly framework: 'TF.js' | 'ONNX Runtime';
  /** It computes in floats of 16 bits. */
  readonly halves?: boolean;
}

/** What the compiled model is like, which it is to be compared with. */
interface Wanted {
  readonly batchSize: number;
  readonly noise: readonly NoiseInput[];
}

/** Enough to see that rows influence each other: the file may be slow. */
const fewRows = 4;

/** What a compiled model is verified against, and its adversarial examples are run on. `points` [count, size] are examples. */
export async function openReference(model: SavedModel, { batchSize, noise }: Wanted, points: Float32Array, count: number): Promise<Reference> {
  if ('onnx' in model) {
    const together = await openOriginal(originalModel(model, batchSize, noise), { threads: 1 });
    // Whoever runs the file row by row gets what it was made to give.
    const coupled = batchSize > 1 && (await probeRows({ ...together, batchSize: Math.min(fewRows, batchSize) }, points, count)) === 'coupled';
    if (coupled) await together.close();
    const oracle = coupled ? await openOriginal(originalModel(model, 1, noise), { threads: 1 }) : together;
    return { ...oracle, title: `ONNX Runtime ${await runtimeVersion()} on the original file`, framework: 'ONNX Runtime', halves: model.onnx.halves };
  }
  const oracle = await openEager(model, undefined, { ...(batchSize === 1 && { batchSize }), differentiable: false });
  return { ...oracle, title: `TF.js ${oracle.version} (${oracle.backend})`, framework: 'TF.js' };
}
