/**
 * What ONNX Runtime's fusion of QuantizeLinear and DequantizeLinear into integer kernels changes, in the qdq twin of the
 * conformance net: on its test set, and on seven copies of it with noise in the pixels. `npx tsx bench/quantizedFusion.ts`
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { randomOf } from '../src/core/random.ts';
import { rowOf } from '../src/engine/everyRow.ts';
import { largestDifference } from '../src/engine/relativeError.ts';
import { openSession } from '../src/engine/session.ts';
import { argmax } from '../src/evaluate/prediction.ts';
import { digitsTest } from '../test/support/digits.ts';
import { digitsTwin } from '../test/support/quantizedDigits.ts';

const seed = 0;
const [copies, classes] = [8, 10];

const { images } = await digitsTest();
const random = randomOf(seed);
const noisy = (pixel: number): number => Math.min(1, Math.max(0, pixel + 0.2 * (random.uniform() - 0.5)));
const pixels = images.flat().map((value) => value / 16);
const x = Float32Array.from(Array.from({ length: copies }, (_, copy) => (copy === 0 ? pixels : pixels.map(noisy))).flat());
const count = copies * images.length;

async function logitsOf(session: InferenceSession): Promise<Float32Array[]> {
  const { logits } = await session.run({ input: new Tensor('float32', x, [count, 1, 8, 8]) });
  return Array.from({ length: count }, (_, row) => rowOf(logits?.data as Float32Array, row, classes));
}

const bytes = (await digitsTwin('qdq')).bytes();
const fused = await logitsOf(await InferenceSession.create(bytes, { graphOptimizationLevel: 'all', logSeverityLevel: 4 }));
const plain = await logitsOf(await openSession(bytes, { threads: 1 }));
const pairs = plain.map((z, row) => [z, fused[row] as Float32Array] as const);
const differing = pairs.filter(([a, b]) => largestDifference(a, b) > 1e-4).length;
const otherClass = pairs.filter(([a, b]) => argmax(a) !== argmax(b)).length;
console.log(`seed ${seed}, ${count} images: fused, ${differing} have other logits, ${otherClass} another class`);
