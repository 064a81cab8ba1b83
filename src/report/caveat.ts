/** Stands under every figure of a report. */
export const caveat = 'The intervals cover the choice of examples only, not the chance that a stronger attack exists.';
