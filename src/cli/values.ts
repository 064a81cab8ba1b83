import { unknownName, UserError } from '../core/errors.ts';

/** Readers of flag values, for yargs' `coerce`: text in, value out. Ranges are checked where the values are used. */

export function number(flag: string): (text: string | undefined) => number | undefined {
  return (text) => {
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isFinite(value)) throw new UserError(`--${flag}: expected a number, found '${text}'`);
    return value;
  };
}

/** Names between commas, each of them known. */
export function names<Name extends string>(kind: string, known: readonly Name[]): (text: string | undefined) => Name[] | undefined {
  return (text) =>
    text?.split(',').map((part) => {
      const name = known.find((one) => one === part.trim());
      if (name === undefined) throw unknownName(kind, part.trim(), known);
      return name;
    });
}

/** Of a flag given twice the last counts, also where yargs makes a list of them as it does of positionals. */
export function last(given: string | readonly string[] | undefined): string | undefined {
  return typeof given === 'object' ? given.at(-1) : given;
}

/** A class number, or how to choose one. */
export function target(text: string | undefined): number | 'random' | 'least-likely' | undefined {
  if (text === undefined || text === 'random' || text === 'least-likely') return text;
  if (!/^\d+$/.test(text)) throw new UserError(`--target: expected a class number, random or least-likely, found '${text}'`);
  return Number(text);
}

/** The entries that were given. */
export function given<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** `--range -1..1` as `--range=-1..1`: a value may begin with a minus. */
export function joinNegative(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const flag = joined.at(-1);
    if (/^-[\d.]/.test(word) && flag !== undefined && /^--[^=]+$/.test(flag)) joined[joined.length - 1] = `${flag}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/** `--only a --only b` as `--only a b`, at the end: of a list given twice yargs would keep the second. */
export function joinLists(words: readonly string[], flag: string): string[] {
  const [listed, others]: [string[], string[]] = [[], []];
  let inside = false;
  for (const word of words) {
    inside = word === flag || word.startsWith(`${flag}=`) || (inside && !word.startsWith('-'));
    if (!inside) others.push(word);
    else if (word !== flag) listed.push(word.startsWith(`${flag}=`) ? word.slice(flag.length + 1) : word);
  }
  return words.length === others.length ? others : [...others, flag, ...listed];
}
