import type { Check, Gate, Verdict } from '../../core/report.ts';
import { Html, html } from './html.ts';

export type Status = Verdict | Gate['status'] | Check['status'];

/** How a status is told: by a shape and a word, and by a colour besides. */
const looks: Readonly<Record<Status, { readonly word: string; readonly tone: 'good' | 'warn' | 'bad' | 'open' | 'plain'; readonly shape: Html }>> = {
  held: { word: 'Held', tone: 'good', shape: circle('m5 8.2 2.1 2.1 4-4.6') },
  pass: { word: 'Passed', tone: 'good', shape: circle('m5 8.2 2.1 2.1 4-4.6') },
  missed: { word: 'Missed', tone: 'bad', shape: circle('m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8') },
  fail: { word: 'Failed', tone: 'bad', shape: circle('m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8') },
  warn: { word: 'Warning', tone: 'warn', shape: icon('<path d="M8 1.6 15 14H1z"/><path class="cut" d="M8 6v3.6m0 2v.2"/>') },
  inconclusive: { word: 'Inconclusive', tone: 'open', shape: icon('<path d="M8 .8 15.2 8 8 15.2.8 8z"/><path class="cut" d="M6.2 6.4a1.8 1.8 0 1 1 2.6 1.7c-.5.3-.8.6-.8 1.2m0 2v.2"/>') },
  measured: { word: 'Measured', tone: 'plain', shape: circle('M4.8 11V8.4M8 11V4.8M11.2 11V6.8') },
  'not-run': { word: 'Not run', tone: 'plain', shape: circle('M5 8h6') },
};

export function toneOf(status: Status): string {
  return looks[status].tone;
}

export function wordOf(status: Status): string {
  return looks[status].word;
}

/** The shape alone, for where the word stands beside it. */
export function shapeOf(status: Status): Html {
  return html`<span class="shape tone-${toneOf(status)}">${looks[status].shape}</span>`;
}

/** Shape and word. */
export function badge(status: Status): Html {
  return html`<span class="badge tone-${toneOf(status)}">${looks[status].shape}${looks[status].word}</span>`;
}

function circle(mark: string): Html {
  return icon(`<circle cx="8" cy="8" r="7.2"/><path class="cut" d="${mark}"/>`);
}

function icon(shapes: string): Html {
  return new Html(`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shapes}</svg>`);
}
