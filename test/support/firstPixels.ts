import ndarray from 'ndarray';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';

/** Images of 2×3 for the tiny model, which looks at the first pixel only: its value and the label of each. */
export function firstPixels(examples: readonly (readonly [first: number, label: number])[], onRead: (id: number) => void = () => undefined): Dataset {
  return {
    spec: 'first pixels',
    shape: [2, 3, 1],
    kind: 'image',
    bounds: unitBounds,
    count: examples.length,
    async *read() {
      for (const [id, [first, y]] of examples.entries()) {
        onRead(id);
        yield await Promise.resolve({ id, x: ndarray(Float32Array.of(first, 0.2, 0.4, 0.6, 0.8, 1), [2, 3, 1]), y });
      }
    },
  };
}
