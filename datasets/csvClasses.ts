import { UserError } from '../src/core/errors.ts';
import { readClassNames } from './classNames.ts';
import { numberIn } from './csvCells.ts';

/** Past this many different names a column is something else than classes. */
const mostNames = 10_000;

/** What is known of the classes beforehand. */
interface Known {
  /** A file of class names, in the order of the model's classes. */
  readonly file: string | undefined;
  /** The model's number of classes. */
  readonly count: number | undefined;
}

/** Makes the error that names the cell, from what was expected there. */
type Complaint = (expected: string) => UserError;

/**
 * The label column: whole numbers from 0, or names. Names have their numbers from the file that lists them, else from
 * their sorted order; so all labels are checked first, then settled, and read afterwards.
 */
export class CsvClasses {
  /** In the order of their numbers; undefined while they are being learnt, and for numbers without names. */
  names: readonly string[] | undefined;
  private readonly known: Known;
  private readonly numbers = new Map<string, number>();
  private readonly learnt = new Set<string>();
  private numeric: boolean | undefined;

  constructor(known: Known) {
    this.known = known;
    if (known.file === undefined) return;
    const names = readClassNames(known.file);
    this.checkCount(names, `${known.file}: expected ${known.count} class names`);
    this.number(names);
  }

  check(label: string, wrong: Complaint): void {
    if (label === '') throw wrong('a class');
    const numeric = !Number.isNaN(numberIn(label)) && !this.numbers.has(label);
    this.numeric ??= numeric;
    if (numeric !== this.numeric) throw wrong(`a ${this.numeric ? 'number' : 'name'} as in the rows before`);
    if (numeric) this.checkNumber(numberIn(label), wrong);
    else if (this.names && !this.numbers.has(label)) throw wrong(`one of the classes ${some(this.names)}`);
    else if (!this.names) this.learn(label, wrong);
  }

  /** Once all labels are checked: gives names their numbers, and says which, for the user to see. */
  settle(subject: string): readonly string[] {
    if (this.names || this.numeric) return [];
    const names = [...this.learnt].sort();
    this.checkCount(names, `${subject}: expected ${this.known.count} different names`, '; --classes FILE names the classes of the model');
    this.number(names);
    return [`${subject}: classes are numbered from 0 in the order of their names: ${some(names)}`];
  }

  numberOf(label: string, wrong: Complaint): number {
    this.check(label, wrong);
    return this.numeric ? numberIn(label) : (this.numbers.get(label) as number);
  }

  private number(names: readonly string[]): void {
    this.names = names;
    for (const [number, name] of names.entries()) this.numbers.set(name, number);
  }

  private checkCount(names: readonly string[], expected: string, advice = ''): void {
    const { count = names.length } = this.known;
    if (names.length === count) return;
    throw new UserError(`${expected} as the model has ${count} classes, found ${names.length} (${some(names)})${advice}`);
  }

  private checkNumber(label: number, wrong: Complaint): void {
    const { count } = this.known;
    if (Number.isSafeInteger(label) && label >= 0 && label < (count ?? Infinity)) return;
    throw wrong(count === undefined ? 'a whole number from 0, or a name' : `a class from 0 to ${count - 1}, as the model has ${count}, or a name`);
  }

  private learn(name: string, wrong: Complaint): void {
    this.learnt.add(name);
    if (this.learnt.size > mostNames) throw wrong(`at most ${mostNames} different names in the column of the class`);
  }
}

function some(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} …` : names.join(', ');
}
