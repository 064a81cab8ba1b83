import type { PointQuery } from '../../src/core/attack.ts';

/** Many questions for `together`, each made when a batch has room for it: their points are never in memory at once. */
export function* questions(want: 'label' | 'scores', count: number, point: (index: number) => Float32Array): Generator<PointQuery> {
  for (let index = 0; index < count; index++) yield { want, at: point(index) };
}
