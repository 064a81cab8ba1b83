import type { Check } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { checkFound } from '../checkFound.ts';
import { count } from '../figures.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { spoken } from './named.ts';
import type { Section } from './section.ts';
import { shapeOf, wordOf } from './status.ts';
import { folded } from './table.ts';

/** Whether the figures can be believed: what asks something of the reader in full, the rest folded away. */
export function checks({ report }: Result): Section | undefined {
  if (report.checks.length === 0) return undefined;
  const those = (status: Check['status']) => report.checks.filter((check) => check.status === status);
  const [failed, warned, passed, skipped] = [those('fail'), those('warn'), those('pass'), those('not-run')];
  const open = [...failed, ...warned];
  return {
    id: 'checks',
    title: 'Can the figures be believed?',
    lead: 'Checks of the scan itself. One that fails makes the verdict inconclusive; a warning does not.',
    body: html`${open.length > 0 ? html`<ul class="checks">${open.map(found)}</ul>` : html`<p class="note">No check that was run failed or warns.</p>`}${[
      fold(passed, 'passed'),
      fold(skipped, 'not run'),
    ]}`,
  };
}

function found(check: Check): Html {
  return html`<li>${shapeOf(check.status)}<div><p><b><span class="word tone-${check.status}">${wordOf(check.status)}:</span> ${spoken(checkFound(check))}</b></p><p>${spoken(check.advice)}</p></div></li>`;
}

function fold(checks: readonly Check[], what: string): Part {
  const [first] = checks;
  if (!first) return '';
  const summary = html`${shapeOf(first.status)} ${count(checks.length)} ${what}`;
  return folded(summary, html`<ul class="checks quiet">${checks.map((check) => html`<li>${shapeOf(check.status)}<div><p>${spoken(checkFound(check))}</p>${check.advice ? html`<p>${spoken(check.advice)}</p>` : ''}</div></li>`)}</ul>`);
}
