/** What both norms take, defaults filled in. */
export interface CarliniWagnerOptions {
  readonly steps: number;
  readonly searches: number;
  readonly learningRate: number;
  readonly firstConst: number;
}
