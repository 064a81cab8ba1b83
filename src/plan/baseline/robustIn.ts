import { Samples } from '../../evaluate/outcomes.ts';
import type { ComparableScan } from '../compare/comparableScan.ts';

/** What an earlier scan found of each sample. */
export interface RobustIn {
  /** Under every attack in the ball; undefined where it knows no such example. `example` is what records hold of it. */
  readonly robust: (id: number, example: string) => boolean | undefined;
  /** Those that were. */
  readonly ids: ReadonlySet<number>;
}

export function robustIn(scan: ComparableScan): RobustIn {
  const samples = new Samples();
  const isRobust = scan.outcomes(samples).rightUnderAll();
  const known = new Map(samples.ids.map((id, place) => [id, { example: samples.exampleAt(place), robust: isRobust(place) }]));
  return {
    robust: (id, example) => {
      const sample = known.get(id);
      return sample?.example === example ? sample.robust : undefined;
    },
    ids: new Set(samples.ids.filter((_, place) => isRobust(place))),
  };
}
