import type { Result } from '../../core/result.ts';
import { counted, epsilonText, normNames } from '../figures.ts';
import type { Reporter } from '../reporter.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { named } from './named.ts';
import { overview } from './overview.ts';
import { page } from './page.ts';
import type { Section } from './section.ts';
import { sectionsOf } from './sectionsOf.ts';
import { verdict } from './verdict.ts';

/** One file to look at, without network or script. */
export const htmlReport: Reporter = {
  file: 'report.html',
  render: async (results) => {
    const [only, ...more] = results;
    return (only && more.length === 0 ? await one(only) : await several(results)).markup;
  },
};

async function one(result: Result): Promise<Html> {
  const { report } = result;
  const sections = await sectionsOf(result);
  return page({
    title: `${report.model.path}: ${report.verdict}`,
    over: 'Robustness report',
    heading: named(result.name ?? shortPath(report.model.path), 80),
    under: subject(result),
    links: sections.map(({ id, title }) => ({ id, title })),
    body: html`${verdict(result)}${sections.map((section) => html`<section id="${section.id}" aria-labelledby="${section.id}-title"><h2 id="${section.id}-title">${section.title}</h2>${inside(section)}</section>`)}`,
    tool: report.tool.version,
  });
}

async function several(results: readonly Result[]): Promise<Html> {
  const scenarios = await Promise.all(results.map(async (result, i) => scenario(result, idOf(i), await sectionsOf(result))));
  return page({
    title: `breakwater: ${counted(results.length, 'scenario')}`,
    over: 'Robustness check',
    heading: html`${counted(results.length, 'scenario')}`,
    under: html``,
    links: results.map(({ name, report }, i) => ({ id: idOf(i), title: name ?? shortPath(report.model.path) })),
    body: html`${overview(results, idOf)}${scenarios}`,
    tool: results[0]?.report.tool.version ?? '',
  });
}

function idOf(i: number): string {
  return `scenario-${i + 1}`;
}

function scenario(result: Result, id: string, sections: readonly Section[]): Html {
  const name = result.name ?? shortPath(result.report.model.path);
  return html`<section class="scenario" id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${named(name, 80)}</h2><p class="under">${subject(result)}</p>${verdict(result)}${sections.map(
    (section) => html`<section id="${id}-${section.id}" aria-labelledby="${id}-title ${id}-${section.id}-title"><h3 id="${id}-${section.id}-title">${section.title}</h3>${inside(section)}</section>`,
  )}</section>`;
}

function inside({ lead, body }: Section): Html {
  return html`${lead === undefined ? '' : html`<p class="lead">${lead}</p>`}${body}`;
}

/** What was attacked, on what, how. */
function subject({ report: { model, dataset, threat } }: Result): Html {
  return html`${named(model.path, 120)} · ${counted(dataset.examples, 'example')} of ${named(dataset.spec, 80)} · ${normNames[threat.norm]} epsilon ${epsilonText(threat.epsilon)}`;
}

/** The file and its folder. */
function shortPath(path: string): string {
  return path.split('/').filter(Boolean).slice(-2).join('/');
}
