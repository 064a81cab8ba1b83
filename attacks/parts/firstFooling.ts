import { type Answer, type Query, together } from '../../src/core/attack.ts';

/** Points asked about at once: enough to fill a batch's gaps, few enough that an early success saves the rest. */
const atOnce = 10;

/** Asks for the labels of up to `draws` points and returns the first that fools the model, else the last one. */
export function* firstFooling(draws: number, draw: (index: number) => Float32Array): Generator<Query, Float32Array, Answer> {
  for (let start = 0; ; start += atOnce) {
    const count = Math.min(atOnce, draws - start);
    const points = Array.from({ length: count }, (_, i) => draw(start + i));
    const answers = yield* together(points.map((at) => ({ want: 'label', at })));
    const hit = points[answers.findIndex(({ fooled }) => fooled)];
    if (hit) return hit;
    if (start + count === draws) return points[count - 1] as Float32Array;
  }
}
