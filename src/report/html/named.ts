import { clipped } from '../clipped.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** A name from a file, apart from the direction of the text around it; a long one with its middle left out. */
export function named(name: string, longest = 60): Html {
  if (name.length <= longest) return html`<bdi>${name}</bdi>`;
  return html`<bdi title="${clipped(name, longestTitle)}">${clipped(name, longest)}</bdi>`;
}

/** A sentence that may quote names. */
export function spoken(line: string): Html {
  return named(line, longestLine);
}

const longestTitle = 300;
const longestLine = 1000;
