import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import { randomOf } from '../../src/core/random.ts';
import type { Example } from '../../src/evaluate/example.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';

/**
 * What the linear model should show of an attack: success as soon as epsilon is that many times the exact distance
 * (never below it), or a reason why nothing is promised.
 */
type Promised = number | string;

interface Row {
  readonly linear: Readonly<Partial<Record<Norm, Promised>>>;
  /** Its points depend on the seed. */
  readonly random: boolean;
}

const exact = 1.001;
const blind = 'draws know nothing of the boundary';

/** Every attack has a row here. */
const rows: Readonly<Record<string, Row>> = {
  fgsm: { linear: { linf: exact, l2: exact, l1: exact }, random: false },
  bim: { linear: { linf: exact, l2: exact, l1: exact }, random: false },
  // From a random start 40 normalised steps turn most of the way towards the gradient, not all of it.
  pgd: { linear: { linf: exact, l2: 1.05, l1: exact }, random: true },
  'uniform-noise': { linear: { linf: blind, l2: blind, l1: blind, l0: blind }, random: true },
  'gaussian-noise': { linear: { linf: blind, l2: blind, l1: blind }, random: true },
};

const size = 24;
const epsilons: Record<Norm, number> = { linf: 0.1, l2: 0.4, l1: 1.2, l0: 4 };
const random = randomOf(11);

const classes = 4;
const weights = Array.from({ length: classes }, () => Array.from({ length: size }, () => random.normal()));
const model = (batchSize?: number) => linearOracle(weights, [0, 0, 0, 0], batchSize);
/** Half of the coordinates of these lie on a face of the box. */
const samples = await labelled(Array.from({ length: 20 }, () => Float32Array.from({ length: size }, () => Math.min(1, Math.max(0, 2 * random.uniform() - 0.5)))));

async function labelled(points: readonly Float32Array[]): Promise<Example[]> {
  const oracle = model();
  const label = async (x: Float32Array) => {
    const { logits } = await oracle.predict(x, 1);
    return logits.indexOf(Math.max(...logits));
  };
  return Promise.all(points.map(async (x, id) => ({ id, x, y: await label(x) })));
}

test('every attack has a row, and every row an attack', () => {
  expect(Object.keys(rows)).toEqual(Object.keys(attacks));
  for (const [name, { linear }] of Object.entries(rows)) expect(Object.keys(linear)).toEqual(attacks[name]!.norms);
});

const pairs = Object.entries(attacks).flatMap(([name, attack]) => attack.norms.map((norm) => ({ name, norm, attack, row: rows[name]! })));

describe.each(pairs)('$name in $norm', ({ attack, norm, row }) => {
  const epsilon = epsilons[norm];
  const points = async (batchSize: number, inFlight: number, seed = 0) =>
    (await outcomes(attack, model(batchSize), samples, { norm, epsilon, inFlight, seed })).map(({ point }) => point);

  test('returns points inside ball and box, and leaves x alone', async () => {
    for (const { example, point, record } of await outcomes(attack, model(), samples, { norm, epsilon })) {
      expect(record.outcome).toMatch(/broken|survived/);
      expect(distances(point!, example.x)[norm]).toBeLessThanOrEqual(epsilon);
      expect(point!.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  test('changes nothing at epsilon 0', async () => {
    for (const { example, point } of await outcomes(attack, model(), samples, { norm, epsilon: 0 })) expect(point).toEqual(example.x);
  });

  test('returns the same points at any batch size and number in flight', async () => {
    expect(await points(1, 1)).toEqual(await points(7, 13));
  });

  test(row.random ? 'returns other points under another seed' : 'returns the same points under another seed', async () => {
    const [one, other] = [await points(16, 16, 1), await points(16, 16, 2)];
    if (row.random) expect(one).not.toEqual(other);
    else expect(one).toEqual(other);
  });

  test('survives a model without gradients: finite points, inside the ball, no error', async () => {
    const flat = linearOracle(weights.map((w) => w.map(() => 0)), [1, 0, 0, 0]);
    const given = samples.map((sample) => ({ ...sample, y: 0 }));
    for (const { example, point, record } of await outcomes(attack, flat, given, { norm, epsilon })) {
      expect(record.outcome).toBe('survived');
      expect(distances(point!, example.x)[norm]).toBeLessThanOrEqual(epsilon);
    }
  });

  const promised = row.linear[norm]!;
  if (typeof promised === 'string') return;

  test(`crosses a linear boundary exactly when epsilon reaches its distance (× ${promised})`, async () => {
    for (const { example, oracle, distance } of hyperplane(norm)) {
      const broken = async (times: number) => (await outcomes(attack, oracle, [example], { norm, epsilon: times * distance }))[0]!.record.outcome;
      expect(await broken(0.999)).toBe('survived');
      expect(await broken(promised)).toBe('broken');
    }
  });

  test('reaches the wanted class of a linear model, and says so', async () => {
    const { oracle, examples, ample } = blocks();
    for (const { record } of await outcomes(attack, oracle, examples, { norm, epsilon: ample[norm], target: 'random' })) {
      expect(record.target).not.toBe(record.label);
      expect(record.adversarial).toBe(record.target);
    }
  });
});

/** Each class counts its own six coordinates, which differ by 1.2 at most: raising six by 0.3 is always enough. */
function blocks() {
  const stream = randomOf(9);
  const own = (k: number) => Array.from({ length: size }, (_, i) => Number(Math.floor(i / 6) === k));
  const oracle = linearOracle([own(0), own(1), own(2), own(3)], [0, 0, 0, 0]);
  const totals = (x: Float32Array) => [0, 6, 12, 18].map((start) => sum([...x.subarray(start, start + 6)]));
  const examples = Array.from({ length: 20 }, (_, id) => {
    const x = Float32Array.from({ length: size }, () => 0.4 + 0.2 * stream.uniform());
    return { id, x, y: totals(x).indexOf(Math.max(...totals(x))) };
  });
  return { oracle, examples, ample: { linf: 0.3, l2: 1.2, l1: 3, l0: 6 } };
}

/** Two classes, points off the faces of the box: the distance to the boundary is the margin over the dual norm. */
function hyperplane(norm: Norm) {
  const stream = randomOf(5, norm);
  return Array.from({ length: 10 }, (_, id) => {
    const w = Array.from({ length: size }, () => stream.normal());
    const x = Float32Array.from({ length: size }, () => 0.4 + 0.2 * stream.uniform());
    const dual = { linf: sum(w.map(Math.abs)), l2: Math.hypot(...w), l1: Math.max(...w.map(Math.abs)), l0: NaN }[norm];
    const distance = { linf: 0.05, l2: 0.2, l1: 0.3, l0: NaN }[norm];
    // The logits' difference is 2 (w·x + b), and x lies at exactly this distance on the side of class 0.
    const b = distance * dual - sum(w.map((weight, i) => weight * x[i]!));
    return { example: { id, x, y: 0 }, oracle: linearOracle([w, w.map((weight) => -weight)], [b, -b]), distance };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
