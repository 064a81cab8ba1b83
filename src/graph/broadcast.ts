/** Shape arithmetic shared by inference, VJP rules and passes. Shapes are row-major and static. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, axis) => n === b[axis]);

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** The shape with ones in front, up to `rank`. */
export const padRank = (shape: Shape, rank: number): number[] => [
  ...Array<number>(rank - shape.length).fill(1),
  ...shape,
];

/** NumPy's broadcasting of two or more shapes. */
export function broadcast(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const aligned = shapes.map((shape) => padRank(shape, rank));
  return range(0, rank).map((axis) => {
    const sizes = new Set(aligned.map((shape) => shape[axis] as number).filter((n) => n !== 1));
    if (sizes.size > 1)
      throw new Error(`shapes ${shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ')} do not broadcast`);
    return [...sizes][0] ?? 1;
  });
}

/** An axis counted from the front; negative ones count from the back. */
export function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) throw new Error(`axis ${axis} is outside rank ${rank}`);
  return positive;
}

/** Elements between two neighbours along each axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  return strides;
}

/** `from[axis]` for each listed axis: a permuted shape, or a permutation after another. */
export const pick = <T>(from: readonly T[], axes: readonly number[]): T[] => axes.map((axis) => from[axis] as T);

export const inverse = (perm: readonly number[]): number[] => range(0, perm.length).map((axis) => perm.indexOf(axis));
