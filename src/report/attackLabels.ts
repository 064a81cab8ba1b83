import type { AttackRow } from '../core/report.ts';

/** One label per row: the attack's name, and where a name stands twice, the options in which those rows differ. */
export function attackLabels(rows: readonly Pick<AttackRow, 'name' | 'options'>[]): string[] {
  return rows.map((row) => {
    const namesakes = rows.filter(({ name }) => name === row.name);
    const differing = Object.entries(row.options)
      .filter(([key, value]) => namesakes.some(({ options }) => String(options[key]) !== String(value)))
      .map(([key, value]) => `${key}=${String(value)}`);
    return differing.length > 0 ? `${row.name}(${differing.join(',')})` : row.name;
  });
}
