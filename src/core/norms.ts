/** How a perturbation is measured. L0 counts changed coordinates. */
export const norms = ['linf', 'l2', 'l1', 'l0'] as const;
export type Norm = (typeof norms)[number];

/** The four distances between two points, in float64. */
export type Distances = Readonly<Record<Norm, number>>;

/** Measures all four at once. The difference of two float32 values is taken in float64. */
export function distances(a: Float32Array, b: Float32Array): Distances {
  let linf = 0;
  let squares = 0;
  let l1 = 0;
  let l0 = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    linf = Math.max(linf, difference);
    squares += difference * difference;
    l1 += difference;
    l0 += Number(difference > 0);
  }
  return { linf, l2: Math.sqrt(squares), l1, l0 };
}
