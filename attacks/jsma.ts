import * as v from 'valibot';
import { type Answer, type Query, together } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import { Closest } from './closest.ts';
import { defineGradientAttack } from './defineGradientAttack.ts';

/** One coordinate moved one way: what that adds to the wanted logit, and what it takes from the others' sum. */
interface Move {
  readonly i: number;
  readonly to: number;
  readonly gain: number;
  readonly loss: number;
}

export const jsma = defineGradientAttack({
  name: 'jsma',
  summary: 'smallest L0 perturbation: pairs of coordinates by their saliency for a class',
  paper: '1511.07528',
  norms: ['l0'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    theta: positive({ default: 1, description: 'change of a coordinate in one step, in widths of its range' }),
    gamma: positive({ default: 1, description: 'the greatest share of coordinates that may change' }),
    targets: wholeNumber({ default: 9, description: 'classes aimed at in turn, those of the largest logits first' }),
  }),
  *run({ x, norm, bounds, goal, classes, clean }, { theta, gamma, targets }) {
    const { lower, upper } = boxAround(x, bounds);
    const closest = new Closest(x, norm);
    const most = Math.min(x.length, Math.floor(gamma * x.length));
    const aims = goal.target === undefined ? byLogit(clean.logits).filter((k) => k !== goal.y).slice(0, targets) : [goal.target];
    for (const aim of aims) yield* towards(aim);
    return closest.adv;

    /** Until the model is fooled, or no closer point can come of it. */
    function* towards(aim: number): Generator<Query, void, Answer> {
      const wanted = Float32Array.from({ length: classes }, (_, k) => Number(k === aim));
      const others = wanted.map((one) => 1 - one);
      const adv = x.slice();
      const open = new Set(x.keys());
      for (const changed = new Set<number>(); changed.size <= most && changed.size < closest.distance; ) {
        const { fooled } = yield { want: 'label', at: adv };
        if (fooled) return closest.offer(adv);
        const [up, down] = yield* together([wanted, others].map((linear) => ({ want: 'gradient', at: adv, loss: { linear } })));
        if (!up || !down) return;
        const moves = [...open].flatMap((i) => movesOf(i, up.gradient[i] as number, down.gradient[i] as number));
        const pair = bestPair(moves);
        if (!pair) return;
        for (const { i, to } of pair) {
          adv[i] = to;
          changed.add(i);
          if (to === lower[i] || to === upper[i]) open.delete(i);
        }
      }

      function movesOf(i: number, gain: number, loss: number): Move[] {
        const here = adv[i] as number;
        const reach = theta * ((upper[i] as number) - (lower[i] as number));
        const ends = [Math.min(upper[i] as number, here + reach), Math.max(lower[i] as number, here - reach)];
        return ends.filter((to) => to !== here).map((to) => ({ i, to, gain: gain * (to - here), loss: -loss * (to - here) }));
      }
    }
  },
});

function bestPair(moves: Move[]): readonly [Move, Move] | undefined {
  const candidates = dominatedAtMostOnce(moves);
  let [best, most]: [readonly [Move, Move] | undefined, number] = [undefined, 0];
  for (const [k, p] of candidates.entries()) {
    for (const q of candidates.slice(0, k)) {
      const [gain, loss] = [p.gain + q.gain, p.loss + q.loss];
      if (p.i === q.i || gain <= 0 || loss <= 0 || gain * loss <= most) continue;
      [best, most] = [[p, q], gain * loss];
    }
  }
  return best;
}

/** The best pair is among these: a move that two others beat in both respects can be replaced by one of them. */
function dominatedAtMostOnce(moves: Move[]): Move[] {
  let [first, second] = [-Infinity, -Infinity];
  return moves
    .sort((a, b) => b.gain - a.gain || b.loss - a.loss)
    .filter(({ loss }) => {
      const kept = loss > second;
      if (loss > first) [first, second] = [loss, first];
      else if (loss > second) second = loss;
      return kept;
    });
}

function byLogit(logits: Float32Array): number[] {
  return [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
}
