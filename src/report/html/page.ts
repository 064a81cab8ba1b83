import { Html, html } from './html.ts';
import type { Part } from './html.ts';
import { named } from './named.ts';
import { style } from './style.ts';

export interface Page {
  readonly title: string;
  readonly over: string;
  readonly heading: Part;
  readonly under: Html;
  readonly links: readonly { readonly id: string; readonly title: string }[];
  readonly body: Html;
  /** Version. */
  readonly tool: string;
}

/** The file around the body: everything in it, nothing from elsewhere, and no script at all. */
export function page({ title, over, heading, under, links, body, tool }: Page): Html {
  return html`${new Html('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title.slice(0, longestTitle)}</title>
<link rel="icon" href="${favicon}">
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#report">To the report</a>
<header><p class="over">${mark}<span>breakwater</span> <span class="quiet">${over}</span></p><h1>${heading}</h1><p class="under">${under}</p></header>
<nav aria-label="Sections"><ul>${links.map((link) => html`<li><a href="#${link.id}">${named(link.title, 40)}</a></li>`)}</ul></nav>
<main id="report" tabindex="-1">${body}</main>
<footer><p>Made by breakwater ${tool}. A figure says what survived these attacks at this budget, not what would survive others.</p></footer>
</body>
</html>
`;
}

const longestTitle = 200;

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const waves = 'M2 6.5c2.5 0 2.5-2 5-2s2.5 2 5 2 2.5-2 5-2 2.5 2 5 2M2 12c2.5 0 2.5-2 5-2s2.5 2 5 2 2.5-2 5-2 2.5 2 5 2M6 19h12';

const mark = new Html(`<svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><path d="${waves}"/></svg>`);

const favicon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#0b4f75"/><path d="${waves}" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" transform="translate(3.5 3.5) scale(.71)"/></svg>`,
)}`;
