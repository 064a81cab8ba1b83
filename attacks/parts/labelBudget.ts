import { type Answer, together, type Query } from '../../src/core/attack.ts';

/** Points asked about at once: enough to fill a batch's gaps; and how many values they may hold, as hundreds of attacks do so. */
const atOnce = { points: 64, values: 2 ** 17 };

/** Does a point [size] fool the model? Asked no more often than an attack may. */
export interface LabelBudget {
  readonly left: number;
  /** One point; false, and nothing asked, once the budget is spent. */
  fools(point: Float32Array): Generator<Query, boolean, Answer>;
  /** Up to `count` points, as far as the budget goes, drawn and told a few at a time. */
  foolEach(count: number, draw: (index: number) => Float32Array, tell: (point: Float32Array, fooled: boolean) => void): Generator<Query, void, Answer>;
}

export function labelBudget(queries: number, size: number): LabelBudget {
  const chunk = Math.max(1, Math.min(atOnce.points, Math.floor(atOnce.values / size)));
  let left = queries;
  return {
    get left() {
      return left;
    },
    *fools(point) {
      if (left === 0) return false;
      left--;
      return (yield { want: 'label', at: point }).fooled;
    },
    *foolEach(count, draw, tell) {
      const most = Math.min(count, left);
      for (let start = 0; start < most; start += chunk) {
        const points = Array.from({ length: Math.min(chunk, most - start) }, (_, i) => draw(start + i));
        left -= points.length;
        const answers = yield* together(points.map((at) => ({ want: 'label', at })));
        points.forEach((point, i) => tell(point, (answers[i] as Answer).fooled));
      }
    },
  };
}
