import { UserError } from '../../core/errors.ts';
import { Samples } from '../../evaluate/outcomes.ts';
import type { Fared, Right } from '../../evaluate/outcomes.ts';
import type { ComparableScan } from '../compare/comparableScan.ts';

/** How the samples of another scan fared in this one, at their places there; throws where it has one of them not. */
export function faredAmong(scan: ComparableScan, others: Samples): Fared {
  const own = new Samples();
  const outcomes = scan.outcomes(own);
  const places = others.ids.map((id, place) => {
    const known = own.find({ id, example: others.exampleAt(place) });
    if (known === undefined) throw new UserError(`${scan.name}: expected every example of the scan that is compared with it, found example ${id} missing or another one`);
    return known;
  });
  const among = (right: Right): Right => (place) => right(places[place] as number);
  return {
    rightWithoutAttack: () => among(outcomes.rightWithoutAttack()),
    rightUnder: (label, epsilon) => among(outcomes.rightUnder(label, epsilon)),
    rightUnderAll: (epsilon) => among(outcomes.rightUnderAll(epsilon)),
  };
}
