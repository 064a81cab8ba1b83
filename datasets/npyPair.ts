import ndarray from 'ndarray';
import type { Bounds } from '../src/core/bounds.ts';
import { unitBounds } from '../src/core/bounds.ts';
import type { Dataset } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import type { Sample } from '../src/core/sample.ts';
import { boundsOf, intervalAt } from './bounds.ts';
import type { NpyArray } from './npyArray.ts';
import { unitBytes } from './unitBytes.ts';

/**
 * Examples x and their classes y, two arrays of NumPy's. x is [N, features], [N, H, W] or [N, H, W, C]; bytes of images
 * become floats in [0, 1], other values are taken as they are and must lie in the box. y is [N] or [N, 1] class numbers,
 * or [N, K] with a single 1 in each row.
 */
export function npyPair(spec: string, x: NpyArray, y: NpyArray, bounds: string | undefined): Dataset {
  if (x.count !== y.count) throw new UserError(`${x.name}: ${x.count} examples but ${y.count} labels in ${y.name}`);
  if (y.shape.length > 1) throw new UserError(`${y.name}: expected labels [N], [N, 1] or [N, classes], found ${written(y)}`);
  const shape = exampleShape(x);
  const values = valuesOf(x, shape, bounds);
  return {
    spec,
    shape,
    kind: shape.length === 3 ? 'image' : 'table',
    bounds: values.bounds,
    count: x.count,
    read: (wanted) => read(x, y, { shape, values, wanted }),
  };
}

/** How the bytes of an example become its values. */
interface Values {
  readonly bounds: Bounds;
  read(bytes: Buffer, id: number): Float32Array;
}

/** Both arrays side by side, one example at a time. */
async function* read(
  x: NpyArray,
  y: NpyArray,
  { shape, values, wanted = () => true }: { shape: number[]; values: Values; wanted: ((id: number) => boolean) | undefined },
): AsyncGenerator<Sample> {
  const [examples, labels] = [x.items(), y.items()];
  try {
    for (let id = 0; id < x.count; id++) {
      const [example, label] = [await examples.next(), await labels.next()];
      if (wanted(id)) yield { id, x: ndarray(values.read(example.value, id), shape), y: classOf(y, label.value, id) };
    }
  } finally {
    for (const open of [examples, labels]) await open.return(undefined as never);
  }
}

function exampleShape(x: NpyArray): number[] {
  const { shape } = x;
  if (shape.length === 2) return [...shape, 1];
  if (shape.length === 1 || shape.length === 3) return [...shape];
  throw new UserError(`${x.name}: expected [N, features], [N, height, width] or [N, height, width, channels], found ${written(x)}`);
}

function valuesOf(x: NpyArray, shape: readonly number[], text: string | undefined): Values {
  const { dtype, name } = x;
  if (text === undefined && dtype.name === 'uint8' && shape.length === 3) {
    return { bounds: unitBounds, read: unitBytes };
  }
  if (text === undefined && dtype.kind === 'integer') {
    throw new UserError(`${name}: expected floats in [0, 1], uint8 images or --bounds LOW..HIGH, found ${written(x)} and no bounds`);
  }
  const bounds = boundsOf(text);
  const box = intervalAt(bounds, 0);
  return {
    bounds,
    read: (bytes, id) => {
      const decoded = dtype.decode(bytes);
      const values = new Float32Array(decoded);
      const outside = firstOutside(values, box);
      if (outside === undefined) return values;
      const [place, value] = [placeOf(outside, x.shape).join(', '), decoded[outside]];
      const advice = text === undefined && Number.isFinite(value) ? '; --bounds LOW..HIGH says what is allowed' : '';
      throw new UserError(`${name}: example ${id} has ${value} at [${place}], expected values in [${text?.replace('..', ', ') ?? '0, 1'}]${advice}`);
    },
  };
}

/** NaN is outside of everything. */
function firstOutside(values: Float32Array, [lower, upper]: readonly [number, number]): number | undefined {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value >= lower && value <= upper)) return i;
  }
  return undefined;
}

function placeOf(position: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  for (const length of shape.toReversed()) {
    place.unshift(position % length);
    position = Math.floor(position / length);
  }
  return place;
}

function classOf({ name, dtype, shape: [width = 1] }: NpyArray, bytes: Buffer, id: number): number {
  const row = Array.from(dtype.decode(bytes));
  const [first = NaN] = row;
  const label = width === 1 ? first : row.indexOf(1);
  const oneHot = row.every((value, at) => value === (at === label ? 1 : 0));
  if (Number.isInteger(label) && label >= 0 && (width === 1 || oneHot)) return label;
  const found = width > 8 ? `${row.slice(0, 8).join(', ')}, …` : row.join(', ');
  const expected = width === 1 ? 'a whole number from 0' : 'a single 1 among zeros';
  throw new UserError(`${name}: example ${id} has label ${found}, expected ${expected}`);
}

function written({ dtype, count, shape }: NpyArray): string {
  return `${dtype.name} [${[count, ...shape].join(', ')}]`;
}
