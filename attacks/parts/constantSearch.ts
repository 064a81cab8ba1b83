/**
 * The search for the weight c of the margin against the distance, as C&W and EAD do it: ten times more until a run
 * succeeds, then halving the interval between the greatest that failed and the smallest that succeeded.
 */
export class ConstantSearch {
  c: number;
  private failed = 0;
  private succeeded = Infinity;

  constructor(first: number) {
    this.c = first;
  }

  learn(success: boolean): void {
    if (success) this.succeeded = this.c;
    else this.failed = this.c;
    this.c = this.succeeded < Infinity ? (this.failed + this.succeeded) / 2 : 10 * this.c;
  }
}

/** True once a tenth of the steps has gained less than a ten-thousandth: asked after every step, with its loss. */
export function stagnation(steps: number): (loss: number) => boolean {
  const every = Math.ceil(steps / 10);
  let [step, before] = [0, Infinity];
  return (loss) => {
    if (++step % every !== 0) return false;
    const stagnant = loss > before * 0.9999;
    before = loss;
    return stagnant;
  };
}
