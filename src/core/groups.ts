/** What group each example is of. Plain data. */
export interface Groups {
  readonly names: readonly string[];
  /** By the example's id: the place of its group's name. */
  readonly members: readonly number[];
}
