import { printable } from '../printable.ts';

/** Markup, as opposed to text: what `html` makes. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand between the markup: text is escaped, markup stays, lists are joined, nothing is nothing. */
export type Part = Html | string | number | undefined | readonly Part[];

/** The only way from text to markup: html`<b>${name}</b>` shows a name as it is, whatever is in it. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, i) => string + (i < parts.length ? markupOf(parts[i]) : '')).join(''));
}

function markupOf(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(markupOf).join('');
  return part === undefined ? '' : escaped(printable(String(part)));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** As the text of an element or the value of a quoted attribute. A figure stays on a line with its sign. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string).replace(/(?<=\d) (?=%)/g, '\u00a0');
}
