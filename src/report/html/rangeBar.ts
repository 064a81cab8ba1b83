import { html } from './html.ts';
import type { Html } from './html.ts';

export interface Range {
  readonly value: number;
  readonly interval?: readonly [number, number] | undefined;
  /** Where another figure lies: after rounding to 8 bits. */
  readonly mark?: number | undefined;
  /** What was asked for. */
  readonly threshold?: number | undefined;
  /** Where a bar begins; shares begin at 0. */
  readonly from?: number;
  /** What its whole width stands for. */
  readonly domain?: readonly [number, number];
  readonly tone?: string;
}

/** A bar with its interval as a whisker. Its figures stand beside it as text, so that it is silent. */
export function rangeBar({ value, interval, mark, threshold, from = 0, domain = [0, 1], tone = '' }: Range): Html {
  const at = (share: number) => Number((100 * Math.min(1, Math.max(0, (share - domain[0]) / (domain[1] - domain[0])))).toFixed(2));
  const span = (kind: string, a: number, b: number) => html`<i class="${kind}" style="left:${at(a)}%;width:${Number((at(b) - at(a)).toFixed(2))}%"></i>`;
  const tick = (kind: string, where: number) => html`<i class="${kind}" style="left:${at(where)}%"></i>`;
  return html`<span class="${`bar ${tone}`.trim()}" aria-hidden="true">${span('fill', Math.min(from, value), Math.max(from, value))}${[
    from > domain[0] ? tick('zero', from) : '',
    interval ? span('whisker', ...interval) : '',
    mark === undefined ? '' : tick('mark', mark),
    threshold === undefined ? '' : tick('threshold', threshold),
  ]}</span>`;
}
