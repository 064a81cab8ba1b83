/**
 * What an attack ascends, per row, over the logits z of that row. All are piecewise smooth, first order only.
 * - crossEntropy(q): −Σ q_k log softmax(z)_k. With q = onehot(y) it is cross-entropy; a distribution gives label
 *   smoothing or TRADES' KL; negative weights descend (a targeted attack uses −onehot(t)).
 * - linear(w): Σ w_k z_k: a logit difference or any row of the Jacobian.
 * - margin(y): max_{k≠y} z_k − z_y.
 * - dlr(y): −(z_y − max_{k≠y} z_k) / (z₍₁₎ − z₍₃₎ + 1e-12), arXiv:2003.01690. Needs 3 classes.
 * - targetedDlr([y, t]): −(z_y − z_t) / (z₍₁₎ − ½(z₍₃₎ + z₍₄₎) + 1e-12), arXiv:2003.01690. Needs 4 classes.
 */
export type Loss =
  | { readonly crossEntropy: ArrayLike<number> }
  | { readonly linear: ArrayLike<number> }
  | { readonly margin: number }
  | { readonly dlr: number }
  | { readonly targetedDlr: readonly [y: number, target: number] };

/** Values of the loss selector, one per row. The compiled graph compares against these. */
export const lossKind = { crossEntropy: 0, linear: 1, margin: 2, dlr: 3, targetedDlr: 4 } as const;

/**
 * The losses of a batch as the compiled graph takes them: a selector per row and two [classes] vectors per row.
 * `a` holds q, w or onehot(y); `b` holds onehot(t) for targetedDlr and is zero otherwise.
 */
export interface LossRows {
  /** [rows] */
  readonly kind: Float32Array;
  /** [rows, classes] */
  readonly a: Float32Array;
  /** [rows, classes] */
  readonly b: Float32Array;
}
