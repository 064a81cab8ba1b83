import { clipped } from '../clipped.ts';
import { escapeOf, printable } from '../printable.ts';

/** Text from files in GitHub's markdown, cells of tables included: nothing in it becomes markup, a link, a mention or a reference. */

/** A name, as code: shown as it is, save what ends code or a cell, which is shown as an escape. */
export function code(name: string): string {
  return name === '' ? '' : `\`${printable(clipped(name, longestName)).replace(/[`|]/g, escapeOf)}\``;
}

/** A line of words that may quote names. What GitHub acts on though a backslash is before it is shown as an escape. */
export function prose(line: string): string {
  const plain = printable(clipped(line, longestLine)).replace(/@|#(?=\d)|:(?=\/\/|\w+:)|(?<=www)\.|(?<=\bGH)-(?=\d)/gi, escapeOf);
  return plain.replace(/\\(?!u[\da-f]{4})|[`*_{}[\]<>|~$&]/g, (mark) => entities[mark] ?? `\\${mark}`);
}

const longestName = 120;
const longestLine = 1000;

const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };
