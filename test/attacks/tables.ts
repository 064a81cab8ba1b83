import type { Norm } from '../../src/core/norms.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { randomOf } from '../../src/core/random.ts';
import type { Example } from '../../src/evaluate/example.ts';
import { linearOracle } from '../support/linearOracle.ts';

/** Twelve columns in turn: free, of whole numbers, immutable, both. Their first immutable value tells the examples apart. */
const size = 12;
const kinds = { integer: (i: number) => i % 4 === 1 || i % 4 === 3, immutable: (i: number) => i % 4 >= 2 };
const columns = columnsOf(size, kinds.immutable, kinds.integer);
const random = randomOf(31);
const xs = Array.from({ length: 12 }, (_, id) =>
  Float32Array.from({ length: size }, (_, i) => (i === 2 ? id / 16 : kinds.integer(i) ? 1 + random.integer(9) : 10 * random.uniform())),
);

const perColumn = (value: (i: number) => number) => Float32Array.from({ length: size }, (_, i) => value(i));
const oracle = linearOracle(Array.from({ length: 4 }, () => Array.from({ length: size }, () => random.normal())), [0, 0, 0, 0]);

export const table = {
  oracle,
  columns,
  /** Whole numbers are from 1 to 9 in these. */
  bounds: { lower: perColumn((i) => (kinds.integer(i) ? 0.5 : 0)), upper: perColumn((i) => (kinds.integer(i) ? 9.5 : 10)) },
  epsilons: { linf: 2.3, l2: 3, l1: 5, l0: 3 } satisfies Record<Norm, number>,
  async examples(): Promise<Example[]> {
    const labelled = async (x: Float32Array, id: number) => {
      const { logits } = await oracle.predict(x, 1);
      return { id, x, y: logits.indexOf(Math.max(...logits)) };
    };
    return Promise.all(xs.map(labelled));
  },
  /** What the columns do not allow in a point around one of the examples. */
  faults(point: Float32Array): string[] {
    const x = xs.find((one) => one[2] === point[2]);
    if (!x) return ['the first immutable column is that of no example'];
    return [...point].flatMap((value, i) => [
      ...(kinds.immutable(i) && value !== x[i] ? [`column ${i} moved from ${x[i]} to ${value}`] : []),
      ...(kinds.integer(i) && !(Number.isInteger(value) && value >= 1 && value <= 9) ? [`column ${i} holds ${value}`] : []),
    ]);
  },
};

/** The oracle, and a copy of every point that it was asked about. */
export function watched(oracle: Oracle): { oracle: Oracle; asked: Float32Array[] } {
  const asked: Float32Array[] = [];
  const watch = (points: Float32Array, rows: number) => {
    for (let row = 0; row < rows; row++) asked.push(points.slice(row * oracle.size, (row + 1) * oracle.size));
  };
  return {
    asked,
    oracle: {
      ...oracle,
      predict: (points, rows) => (watch(points, rows), oracle.predict(points, rows)),
      gradient: (points, losses, rows) => (watch(points, rows), oracle.gradient(points, losses, rows)),
    },
  };
}

/** A free column, whose change by .45 crosses the boundary, and a steeper one of whole numbers, which at .45 are as before. */
export const beside = {
  oracle: linearOracle([[1, 3], [-1, -3]], [0.45 - 20, 20 - 0.45]),
  example: { id: 0, x: Float32Array.of(5, 5), y: 0 },
  columns: columnsOf(2, () => false, (i) => i === 1),
  bounds: { lower: 0, upper: 10 },
};

interface WholeHyperplane {
  readonly example: Example;
  readonly oracle: Oracle;
  readonly columns: ReturnType<typeof columnsOf>;
  readonly bounds: { readonly lower: number; readonly upper: number };
  /** The least epsilon at which whole numbers in the first columns cross the boundary; below it none do. */
  readonly least: number;
}

/** Two classes, eight columns of whole numbers, and four immutable ones that would be far more worth. */
export function wholeHyperplanes(norm: Norm): WholeHyperplane[] {
  const stream = randomOf(17, norm);
  return Array.from({ length: 5 }, (_, id) => {
    const x = Float32Array.from({ length: size }, () => 20 + stream.integer(10));
    const sign = () => (stream.uniform() < 0.5 ? -1 : 1);
    const { free, margin, least } = crossings[norm](id, () => sign() * (0.2 + stream.uniform()), sign);
    const w = [...free, ...Array.from({ length: 4 }, () => 50 * sign())];
    const b = margin - w.reduce((sum, weight, i) => sum + weight * x[i]!, 0);
    const oracle = linearOracle([w, w.map((weight) => -weight)], [b, -b]);
    return { example: { id, x, y: 0 }, oracle, columns: columnsOf(size, (i) => i >= 8, (i) => i < 8), bounds: { lower: 0, upper: 50 }, least };
  });
}

interface Crossing {
  readonly free: readonly number[];
  /** w·x + b, which the change has to make up for. */
  readonly margin: number;
  readonly least: number;
}

/** Weights of the eight columns whose best change by whole numbers is known for every epsilon. */
const crossings: Record<Norm, (id: number, weight: () => number, sign: () => number) => Crossing> = {
  // Every column by floor(epsilon).
  linf(id, weight) {
    const free = Array.from({ length: 8 }, weight);
    const total = free.reduce((sum, one) => sum + Math.abs(one), 0);
    return { free, margin: (id + 0.5) * total, least: id + 1 };
  },
  // floor(epsilon) in the column of the largest weight.
  l1(id, weight) {
    const free = Array.from({ length: 8 }, weight);
    return { free, margin: (id + 0.5) * Math.max(...free.map(Math.abs)), least: id + 1 };
  },
  // All columns weigh the same: n of them by 1, which is √n long. A step along the gradient has a part of it in each.
  l2(id, _, sign) {
    const count = id + 1;
    return { free: Array.from({ length: 8 }, sign), margin: count - 0.5, least: Math.sqrt(count) };
  },
  // floor(epsilon) columns, each to an edge of the box, at least 20 away.
  l0(_id, _weight, sign) {
    return { free: Array.from({ length: 8 }, sign), margin: 10, least: 1 };
  },
};

function columnsOf(length: number, immutable: (i: number) => boolean, integer: (i: number) => boolean) {
  const flags = (holds: (i: number) => boolean) => Uint8Array.from({ length }, (_, i) => Number(holds(i)));
  return { names: Array.from({ length }, (_, i) => `column ${i}`), immutable: flags(immutable), integer: flags(integer) };
}
