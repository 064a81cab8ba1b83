import type { SampleRecord } from '../core/record.ts';
import type { AttackRow } from '../core/report.ts';

/** How an ensemble's members fared: each is tried on what those before it left. */
export class MemberTally {
  private readonly names: readonly string[];
  private readonly evaluated: number[];
  private readonly broken: number[];

  constructor(names: readonly string[]) {
    this.names = names;
    this.evaluated = names.map(() => 0);
    this.broken = names.map(() => 0);
  }

  /** Takes the record of a correctly classified sample. Where the attack failed, nobody knows in which member. */
  add({ attack, outcome, by }: SampleRecord): void {
    if (outcome === 'error') return;
    const last = by === undefined ? this.names.length - 1 : this.names.indexOf(by);
    if (by !== undefined && last < 0) throw new Error(`${attack} was broken by '${by}': expected one of its members ${this.names.join(', ')}`);
    for (let member = 0; member <= last; member++) this.evaluated[member] = (this.evaluated[member] ?? 0) + 1;
    if (outcome === 'broken') this.broken[last] = (this.broken[last] ?? 0) + 1;
  }

  figures(): NonNullable<AttackRow['members']> {
    return this.names.map((name, member) => ({ name, evaluated: this.evaluated[member] ?? 0, broken: this.broken[member] ?? 0 }));
  }
}
