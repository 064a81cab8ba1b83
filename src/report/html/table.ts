import { html } from './html.ts';
import type { Html, Part } from './html.ts';

export interface TableText {
  /** What the table shows; for screen readers where the words around it say so already. */
  readonly caption: string;
  readonly columns: readonly Part[];
  /** Each begins with its heading. */
  readonly rows: readonly (readonly Part[])[];
  /** Names of classes of the rows, in their order. */
  readonly tones?: readonly string[];
  readonly kind?: string;
}

/** A table that scrolls by itself where it is wider than the page, also by keyboard. */
export function table({ caption, columns, rows, tones = [], kind = 'figures' }: TableText): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="${kind}"><caption class="unseen">${caption}</caption>
<thead><tr>${columns.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(([heading, ...cells], i) => html`
<tr${tones[i] ? html` class="${tones[i]}"` : ''}><th scope="row">${heading}</th>${cells.map((cell, at) => html`<td${kind.startsWith('bars') ? titleOf(columns[at + 1]) : ''}>${cell}</td>`)}</tr>`)}
</tbody></table></div>`;
}

/** For where the page is so narrow that cells stand below one another. */
function titleOf(column: Part): Part {
  return typeof column === 'string' && column !== '' ? html` data-title="${column}"` : '';
}

/** What stands as figures elsewhere, folded away: the data behind a picture. */
export function folded(summary: Part, body: Part): Html {
  return html`<details class="folded"><summary>${summary}</summary><div>${body}</div></details>`;
}
