import type { Answer, Query } from '../../src/core/attack.ts';
import type { Region } from '../../src/core/ball.ts';
import type { Random } from '../../src/core/random.ts';
import type { LabelBudget } from './labelBudget.ts';

/** Draws in a row, after which a start is given up. */
const mostDraws = 10_000;
/** Draws asked about together. */
const atOnce = 10;

/**
 * A point anywhere in the box that fools the model, by noise, where label-only attacks start; undefined if none is found
 * within the budget or 10,000 draws. The authors draw every value uniformly; such noise looks much the same each time
 * and is often all of one class, so that nothing of that class would ever be attacked. Here each draw has a level and a
 * spread of its own as well: from flat grey, black or white to salt and pepper.
 */
export function* noiseStart(box: Pick<Region, 'lower' | 'upper'>, budget: LabelBudget, random: Random): Generator<Query, Float32Array | undefined, Answer> {
  let found: Float32Array | undefined;
  for (let draw = 0; draw < mostDraws && !found && budget.left > 0; draw += atOnce) {
    yield* budget.foolEach(
      atOnce,
      (index) => noise(box, random.split(draw + index)),
      (point, fooled) => {
        if (fooled) found ??= point;
      },
    );
  }
  return found;
}

function noise({ lower, upper }: Pick<Region, 'lower' | 'upper'>, random: Random): Float32Array {
  const level = random.uniform();
  const spread = 4 * random.uniform() ** 2;
  return lower.map((low, i) => {
    const share = Math.min(1, Math.max(0, level + spread * (random.uniform() - 0.5)));
    return low + share * ((upper[i] as number) - low);
  });
}
