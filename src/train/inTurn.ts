/** What is at hand, as the scheduler pulls it. */
export function inTurn<T>(items: readonly T[]): AsyncIterator<T> {
  const values = items.values();
  return { next: () => Promise.resolve(values.next()) };
}
