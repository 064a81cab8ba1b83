import type { AttackContext } from '../../src/core/attack.ts';
import type { Random } from '../../src/core/random.ts';
import { type Grid, gridOf, randomWindow, Saved, segment, type Window } from './grid.ts';
import type { Proposals } from './proposals.ts';

/** Draws that may repeat what is there already before one counts. */
const tries = 10;

/** Square in Linf: every value lies at an end of its interval; a proposal puts a square of each channel at one of them. */
export function squareLinf({ x, shape, epsilon, ball }: AttackContext, random: Random): Proposals {
  const grid = gridOf(shape);
  const end = (way: number) => {
    const point = x.map((value) => value + way * epsilon);
    ball.project(point);
    return point;
  };
  const ends = [end(-1), end(1)] as const;
  const saved = new Saved(grid);
  const sides = new Uint8Array(grid.channels);

  return {
    /** Stripes of one pixel's width from top to bottom. */
    start() {
      const stripes = Array.from({ length: grid.width * grid.channels }, () => random.integer(2));
      return x.map((_, i) => (ends[stripes[i % stripes.length] as 0 | 1] as Float32Array)[i] as number);
    },
    propose(point, share) {
      for (let left = tries; left > 0; left--) {
        const window = randomWindow(grid, share, random);
        for (let channel = 0; channel < sides.length; channel++) sides[channel] = random.integer(2);
        saved.save(point, window);
        if (put(point, grid, window, ends, sides)) return;
      }
    },
    undo: (point) => saved.restore(point),
  };
}

/** Whether that changed anything. */
function put(point: Float32Array, grid: Grid, window: Window, [low, high]: readonly [Float32Array, Float32Array], sides: Uint8Array): boolean {
  const { channels } = grid;
  let changes = 0;
  for (let k = 0; k < window.rows; k++) {
    const [start, length] = segment(grid, window, k);
    for (let i = start, channel = 0; i < start + length; i++, channel = channel + 1 === channels ? 0 : channel + 1) {
      const value = (sides[channel] === 1 ? high : low)[i] as number;
      changes += Number(point[i] !== value);
      point[i] = value;
    }
  }
  return changes > 0;
}
