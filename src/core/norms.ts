/** How a perturbation is measured. L0 counts changed coordinates. */
export const norms = ['linf', 'l2', 'l1', 'l0'] as const;
export type Norm = (typeof norms)[number];

/** The four distances between two points, in float64. */
export type Distances = Readonly<Record<Norm, number>>;
