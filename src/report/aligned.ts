import Table from 'cli-table3';

/** Rows as columns: the first, and others that hold words, to the left, figures to the right, no rules but spaces. */
export function aligned(rows: readonly string[][], words: readonly number[] = []): string {
  const none = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`]);
  const drawn = new Table({
    chars: Object.fromEntries([...none, 'middle'].map((place) => [place, ''])),
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] },
    colAligns: (rows[0] ?? []).map((_, i) => (i === 0 || words.includes(i) ? 'left' : 'right')),
  });
  drawn.push(...rows);
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
