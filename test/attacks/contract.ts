import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { randomOf } from '../../src/core/random.ts';
import type { Example } from '../../src/evaluate/example.ts';
import { outcomes, type Outcome, type Setting } from '../support/attackRuns.ts';
import { boxedHyperplanes, distanceInBox, pullsOf } from './boxedHyperplanes.ts';
import { rows } from './contractRows.ts';

/** Opens logits = weights · x + bias; weights and bias are float32 values. */
export type LinearEngine = (weights: readonly (readonly number[])[], bias: readonly number[], batchSize?: number) => Promise<Oracle>;

const size = 24;
const epsilons: Record<Norm, number> = { linf: 0.1, l2: 0.4, l1: 1.2, l0: 4 };
const random = randomOf(11);

const classes = 4;
export const weights = Array.from({ length: classes }, () => Array.from({ length: size }, () => Math.fround(random.normal())));
const flat = weights.map((w) => w.map(() => 0));
/** Half of the coordinates of these lie on a face of the box. */
const points = Array.from({ length: 20 }, () => Float32Array.from({ length: size }, () => Math.min(1, Math.max(0, 2 * random.uniform() - 0.5))));
const samples = points.map((x, id) => ({ id, x, y: argmax(weights.map((w) => dot(w, x))) }));

export const pairs = Object.entries(attacks).flatMap(([name, attack]) => attack.norms.filter((norm) => norm !== 'none').map((norm) => ({ name, norm, attack, row: rows[name]! })));

/** What every attack promises, on linear models, whose distances are known. Slow engines take fewer examples and attacks. */
export function attackContract(open: LinearEngine, most = samples.length, asked = Object.keys(attacks)): void {
  const oracles = new Map<string, Promise<Oracle>>();
  /** Models are opened once: some engines take their time. */
  const opened = (key: string, ...model: Parameters<LinearEngine>): Promise<Oracle> => {
    if (!oracles.has(key)) oracles.set(key, open(...model));
    return oracles.get(key)!;
  };
  const model = (batchSize = 16): Promise<Oracle> => opened(`${batchSize}`, weights, [0, 0, 0, 0], batchSize);

  describe.each(pairs.filter(({ name }) => asked.includes(name)))('$name in $norm', ({ attack, norm, row }) => {
    const epsilon = epsilons[norm];
    const count = Math.min(most, row.examples ?? most);
    const run = async (oracle: Promise<Oracle>, examples: readonly Example[], setting: Partial<Setting> = {}): Promise<Outcome[]> =>
      outcomes(attack, await oracle, examples.slice(0, count), { norm, epsilon, options: row.options ?? {}, ...setting });
    const ends = async (batchSize: number, inFlight: number, seed = 0) =>
      (await run(model(batchSize), samples, { inFlight, seed })).map(({ point }) => point);

    const smallest = attack.finds === 'smallest';

    test(`returns points inside ${smallest ? 'the box, broken within the ball only' : 'ball and box'}, and leaves x alone`, async () => {
      for (const { example, point, record } of await run(model(), samples)) {
        expect(record.outcome).toMatch(/broken|survived/);
        const distance = distances(point!, example.x)[norm];
        if (smallest) expect(record.outcome).toBe((record.smallest ?? Infinity) <= epsilon ? 'broken' : 'survived');
        if (smallest && record.smallest !== undefined) expect(record.smallest).toBe(distance);
        if (!smallest) expect(distance).toBeLessThanOrEqual(epsilon);
        expect(point!.every((value) => value >= 0 && value <= 1)).toBe(true);
      }
    });

    test(`${smallest ? 'breaks' : 'changes'} nothing at epsilon 0`, async () => {
      for (const { example, point, record } of await run(model(), samples, { epsilon: 0 })) {
        expect(record.outcome).toBe('survived');
        if (!smallest) expect(point).toEqual(example.x);
      }
    });

    test('returns the same points at any batch size and number in flight', async () => {
      expect(await ends(1, 1)).toEqual(await ends(7, 13));
    });

    test(row.random ? 'returns other points under another seed' : 'returns the same points under another seed', async () => {
      const [one, other] = [await ends(16, 16, 1), await ends(16, 16, 2)];
      if (row.random) expect(one).not.toEqual(other);
      else expect(one).toEqual(other);
    });

    test('survives a model without gradients: finite points, no error', async () => {
      const given = samples.map((sample) => ({ ...sample, y: 0 }));
      for (const { example, point, record } of await run(opened('flat', flat, [1, 0, 0, 0]), given)) {
        expect(record.outcome).toBe('survived');
        expect(record.smallest).toBeUndefined();
        if (!smallest) expect(distances(point!, example.x)[norm]).toBeLessThanOrEqual(epsilon);
      }
    });

    const boxed = row.boxed?.[norm];
    if (boxed !== undefined)
      test(`crosses a linear boundary exactly at its distance where the box stops half of the coordinates (× ${boxed})`, async () => {
        const { w, cases } = boxedHyperplanes(norm, size);
        for (const [k, { example, b, distance }] of cases.slice(0, count).entries()) {
          const oracle = opened(`boxed ${norm} ${k}`, [w, w.map((weight) => -weight)], [b, -b]);
          const broken = async (times: number) => (await run(oracle, [example], { epsilon: times * distance }))[0]!.record.outcome;
          expect(await broken(0.999)).toBe('survived');
          expect(await broken(boxed)).toBe('broken');
        }
      });

    const promised = row.linear[norm]!;
    if (typeof promised === 'string') return;

    test(`crosses a linear boundary exactly when epsilon reaches its distance (× ${promised})`, async () => {
      const { w, b, examples } = hyperplane(norm);
      const oracle = opened(`hyperplane ${norm}`, [w, w.map((weight) => -weight)], [b, -b]);
      for (const { example, distance } of examples.slice(0, count)) {
        const broken = async (times: number) => (await run(oracle, [example], { epsilon: times * distance }))[0]!.record.outcome;
        expect(await broken(0.999)).toBe('survived');
        expect(await broken(promised)).toBe('broken');
      }
    });

    test('reaches the wanted class of a linear model, and says so', async () => {
      const { own, examples, ample } = blocks();
      for (const { record } of await run(opened('blocks', own, [0, 0, 0, 0]), examples, { epsilon: ample[norm], target: 'random' })) {
        expect(record.target).not.toBe(record.label);
        expect(record.adversarial).toBe(record.target);
      }
    });
  });
}

/** Each class counts its own six coordinates, which differ by 1.2 at most: raising six by 0.3 is always enough. */
function blocks() {
  const stream = randomOf(9);
  const own = Array.from({ length: classes }, (_, k) => Array.from({ length: size }, (_, i) => Number(Math.floor(i / 6) === k)));
  const examples = Array.from({ length: 20 }, (_, id) => {
    const x = Float32Array.from({ length: size }, () => 0.4 + 0.2 * stream.uniform());
    return { id, x, y: argmax(own.map((w) => dot(w, x))) };
  });
  return { own, examples, ample: { linf: 0.3, l2: 1.2, l1: 3, l0: 6 } };
}

/** Two classes, points off the faces of the box: the distance to the boundary is the margin over the dual norm; in L0, a count. */
function hyperplane(norm: Norm) {
  const stream = randomOf(5, norm);
  const w = Array.from({ length: size }, () => Math.fround(stream.normal()));
  const dual = { linf: w.reduce((sum, weight) => sum + Math.abs(weight), 0), l2: Math.hypot(...w), l1: Math.max(...w.map(Math.abs)), l0: 1 }[norm];
  const aim = { linf: 0.05, l2: 0.2, l1: 0.3, l0: 4 }[norm];
  const b = Math.fround(-0.5 * dot(w, Array<number>(size).fill(1)));
  const examples = Array.from({ length: 10 }, (_, id) => {
    const around = Array.from({ length: size }, () => 0.45 + 0.1 * stream.uniform());
    // Along w to about this distance on the side of class 0.
    const shift = (aim * dual - dot(w, around) - b) / dot(w, w);
    const x = Float32Array.from(around, (value, i) => value + shift * w[i]!);
    // The logits' difference is 2 (w·x + b).
    const margin = dot(w, x) + b;
    return { example: { id, x, y: 0 }, distance: norm === 'l0' ? distanceInBox.l0(pullsOf(w, x), margin) : margin / dual };
  });
  return { w, b, examples };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
