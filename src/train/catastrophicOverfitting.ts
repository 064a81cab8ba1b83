/** How the model of one training step did on examples of its batch, before the step. */
export interface StepFigures {
  /** Examples. */
  readonly total: number;
  /** Of these, the ones classified correctly under the single step that trains. */
  readonly fgsm: number;
  /** Of the same ones, under PGD. */
  readonly pgd: number;
}

/** Accuracies over the examples of consecutive steps. */
export interface Stretch {
  readonly fgsm: number;
  readonly pgd: number;
  /** The last of the steps, as a position in the list. */
  readonly last: number;
}

export interface CollapseOptions {
  /** Examples in a stretch, at least: of 256, the difference of two accuracies is known to 0.09 in 19 cases of 20. */
  readonly examples?: number;
  /** How far PGD's accuracy falls, and by how much more than FGSM's. The fast method's authors stop their runs at 0.2. */
  readonly drop?: number;
}

/** A collapse: the newest stretch, and the last one before it that was still sound, whose last step is the one to go back to. */
export interface Collapse {
  readonly sound: Stretch;
  readonly now: Stretch;
}

/**
 * Catastrophic overfitting of single-step training: PGD's accuracy falls within a few batches while that of the step it
 * trains with does not follow. Wong et al. 2020, arXiv:2001.03994; Andriushchenko and Flammarion 2020, arXiv:2007.02617.
 * Compares the newest stretch of steps with the best one before it; undefined while nothing has collapsed. Where both
 * accuracies fall, training has diverged instead.
 */
export function collapse(figures: readonly StepFigures[], { examples = 256, drop = 0.2 }: CollapseOptions = {}): Collapse | undefined {
  const [now, ...before] = stretchesBackwards(figures, examples);
  const best = before.reduce<Stretch | undefined>((one, other) => (one && one.pgd >= other.pgd ? one : other), undefined);
  if (!now || !best) return undefined;
  const fallen = best.pgd - now.pgd;
  const followed = best.fgsm - now.fgsm;
  if (fallen < drop || fallen - followed < drop) return undefined;
  return { now, sound: before.find(({ pgd }) => best.pgd - pgd < drop / 2) ?? best };
}

/** The figures cut into stretches with at least so many examples each, from the newest one back; a shorter rest is left out. */
function stretchesBackwards(figures: readonly StepFigures[], examples: number): Stretch[] {
  const stretches: Stretch[] = [];
  let [total, fgsm, pgd, last] = [0, 0, 0, figures.length - 1];
  for (let step = last; step >= 0; step--) {
    const one = figures[step] as StepFigures;
    total += one.total;
    fgsm += one.fgsm;
    pgd += one.pgd;
    if (total < examples) continue;
    stretches.push({ fgsm: fgsm / total, pgd: pgd / total, last });
    [total, fgsm, pgd, last] = [0, 0, 0, step - 1];
  }
  return stretches;
}
