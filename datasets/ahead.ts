/** The results of `work` in the order of the items, with up to `width` of them under way: bounded memory. */
export async function* ahead<T, R>(items: Iterable<T>, width: number, work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    // A failure waits for its turn; until then it is not an unhandled one.
    result.catch(() => undefined);
    underWay.push(result);
    const first = underWay.length < width ? undefined : underWay.shift();
    if (first) yield await first;
  }
  for (const result of underWay) yield await result;
}
