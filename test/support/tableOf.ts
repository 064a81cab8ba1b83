import ndarray from 'ndarray';
import type { Dataset } from '../../src/core/dataset.ts';

/** Examples of one shape in [0, 1], with labels, as a dataset. */
export function tableOf(spec: string, shape: readonly number[], rows: readonly (readonly [x: Float32Array, y: number])[]): Dataset {
  return {
    ...{ spec, kind: 'table', shape, bounds: { lower: 0, upper: 1 }, count: rows.length },
    async *read() {
      for (const [id, [x, y]] of rows.entries()) {
        await Promise.resolve();
        yield { id, x: ndarray(x, [...shape]), y };
      }
    },
  };
}
