/** One coordinate moved one way: what it adds to the wanted logit, and what it takes from the sum of the others. */
export interface Move {
  readonly i: number;
  readonly to: number;
  readonly gain: number;
  readonly loss: number;
}

/**
 * The pair of moves, of two coordinates, that adds to the wanted logit, takes from the others, and has the greatest
 * product of both. Undefined where no pair does.
 */
export function mostSalientPair(moves: Iterable<Move>): readonly [Move, Move] | undefined {
  const candidates = undominated(moves);
  let best: readonly [Move, Move] | undefined;
  let most = 0;
  for (const [k, p] of candidates.entries()) {
    for (const q of candidates.slice(0, k)) {
      const [gain, loss] = [p.gain + q.gain, p.loss + q.loss];
      if (p.i === q.i || gain <= 0 || loss <= 0 || gain * loss <= most) continue;
      [best, most] = [[p, q], gain * loss];
    }
  }
  return best;
}

/**
 * The best pair is among these few, so that not all n² are looked at: a move that three others equal or beat in both
 * respects can be replaced by one of them, as its partner's coordinate has two moves only.
 */
function undominated(moves: Iterable<Move>): Move[] {
  const kept: Move[] = [];
  for (const move of moves) {
    let better = 0;
    for (let k = 0; k < kept.length && better < 3; k++) {
      const other = kept[k] as Move;
      if (other.gain >= move.gain && other.loss >= move.loss) better++;
    }
    if (better < 3) kept.push(move);
  }
  return kept;
}
