import { cpus } from 'node:os';
import Table from 'cli-table3';

/** Prints rows under their heads, figures to the right. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  console.log(`\n${title}\n${table.toString()}`);
}

/** What the figures were taken on. */
export function printMachine(): void {
  const cores = cpus();
  console.log(`${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`);
}

export const milliseconds = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));
export const ratio = (value: number, to: number): string => `${(value / to).toFixed(2)}×`;
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
