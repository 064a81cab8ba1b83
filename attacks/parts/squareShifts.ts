import type { AttackContext } from '../../src/core/attack.ts';
import { boxAround } from '../../src/core/ball.ts';
import { distances } from '../../src/core/norms.ts';
import type { Random } from '../../src/core/random.ts';
import { away } from './away.ts';
import { bumps } from './bumps.ts';
import { gridOf, placed, randomWindow, Saved, tiles, type Window } from './grid.ts';
import type { Proposals } from './proposals.ts';

/** What is kept of epsilon, so that rounding does not end outside. */
const slack = 1 - 1e-6;

const sides = { least: 3, odd: true };

/**
 * Square in L2 and L1: a proposal clears one window, and spends what that frees, and what was left over, in another:
 * what is there already and a bump beside its negative, both of length 1, are added and drawn out as far as that goes.
 */
export function squareShifts({ x, shape, norm, epsilon, bounds, ball }: AttackContext, random: Random): Proposals {
  const grid = gridOf(shape);
  const { width, channels } = grid;
  const { lower, upper } = boxAround(x, bounds);
  const cost = norm === 'l2' ? (change: number) => change * change : Math.abs;
  const lengthOf = norm === 'l2' ? Math.sqrt : (spent: number) => spent;
  const budget = cost(epsilon * slack);
  const [savedTo, savedFrom] = [new Saved(grid), new Saved(grid)];
  const present = new Float64Array(x.length / channels);
  let left = 0;
  const sign = () => 2 * random.integer(2) - 1;

  /** Calls back with each value's place in the example and in the window. */
  function each({ row, column, rows, columns }: Window, channel: number, visit: (i: number, k: number) => void): void {
    for (let r = 0, k = 0; r < rows; r++) {
      let i = ((row + r) * width + column) * channels + channel;
      for (let c = 0; c < columns; c++, i += channels) visit(i, k++);
    }
  }

  /** What a window has spent. Reads its changes into `present`. */
  function spentIn(point: Float32Array, window: Window, channel: number): number {
    let spent = 0;
    each(window, channel, (i, k) => (spent += cost((present[k] = (point[i] as number) - (x[i] as number)))));
    return spent;
  }

  function shift(point: Float32Array, from: Window, to: Window, channel: number): void {
    let freed = spentIn(point, from, channel);
    const there = spentIn(point, to, channel);
    const [pattern, way] = [bumps(to.rows, to.columns, norm, random), sign()];
    let size = 0;
    for (let k = 0; k < pattern.length; k++) {
      const turned = way * (pattern[k] as number) + (present[k] as number) / (lengthOf(there) + 1e-12);
      present[k] = turned;
      size += cost(turned);
    }
    each(from, channel, (i) => (point[i] = x[i] as number));
    each(to, channel, (i) => (freed += cost((point[i] as number) - (x[i] as number))));
    const scale = lengthOf(left / channels + freed) / (lengthOf(size) + 1e-12);
    each(to, channel, (i, k) => {
      const wanted = (x[i] as number) + scale * (present[k] as number);
      point[i] = Math.min(Math.max(wanted, lower[i] as number), upper[i] as number);
    });
  }

  return {
    /** Five by five tiles, each of one such pattern. */
    start() {
      const direction = new Float32Array(x.length);
      for (const tile of tiles(grid)) {
        const pattern = bumps(tile.rows, tile.columns, norm, random);
        for (let channel = 0; channel < channels; channel++) {
          const way = sign();
          each(tile, channel, (i, k) => (direction[i] = way * (pattern[k] as number)));
        }
      }
      return away(ball, direction, epsilon * slack);
    },
    kept(point) {
      left = Math.max(0, budget - cost(distances(point, x)[norm]));
    },
    propose(point, share) {
      const to = randomWindow(grid, share, random, sides);
      const from = placed(grid, to.rows, to.columns, random);
      savedTo.save(point, to);
      savedFrom.save(point, from);
      for (let channel = 0; channel < channels; channel++) shift(point, from, to, channel);
    },
    undo(point) {
      savedTo.restore(point);
      savedFrom.restore(point);
    },
  };
}
