import { html } from './html.ts';
import type { Html, Part } from './html.ts';

/** A figure on a ground that is the darker the larger the share; both grounds and letters are legible in any share. */
export function heat(share: number, figure: Part): Html {
  return html`<span class="cell" style="--share:${Math.round(100 * Math.min(1, Math.max(0, share)))}%">${figure}</span>`;
}
