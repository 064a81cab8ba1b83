import type { Rerun } from '../again/secondLook.ts';

/** Why runs tell nothing: one of them failed. */
export function failureOf(runs: readonly Rerun[]): string | undefined {
  const failed = runs.find(({ error }) => error !== undefined);
  return failed && `${failed.attack} failed: ${failed.error}.`;
}
