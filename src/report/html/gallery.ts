import type { GalleryItem, Predicted, Result } from '../../core/result.ts';
import { counted, distance, epsilonText, normNames } from '../figures.ts';
import { className } from './className.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { named } from './named.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

/** Examples that were broken: as they were, what was changed, what came of it. */
export function gallery({ report, gallery: found = [] }: Result): Section | undefined {
  const items = found.toSorted((a, b) => Number(b.regressed ?? false) - Number(a.regressed ?? false));
  if (items.length === 0) return undefined;
  const regressed = items.filter((item) => item.regressed).length;
  const first = regressed > 0 ? ` The first ${regressed === 1 ? 'one was' : `${regressed} were`} robust in the baseline.` : '';
  const changes = items.some(({ image }) => image) ? ' Changes are magnified as stated; grey is no change.' : '';
  return {
    id: 'gallery',
    title: 'Broken examples',
    lead: `${counted(items.length, 'example')} by a draw from the seed, among those that were broken in the ball; each as the first attack that broke it left it.${first}${changes}`,
    body: html`<ul class="gallery">${items.map((item) => card(item, report.dataset))}</ul>`,
  };
}

type Dataset = Parameters<typeof className>[0];

function card(item: GalleryItem, dataset: Dataset): Html {
  const { id, attack, norm, epsilon, image, columns } = item;
  const budget = epsilon === null ? '' : ` at epsilon ${epsilonText(epsilon)}`;
  const far = norm === 'none' ? '' : `${normNames[norm]} distance ${distance(item.distance)}`;
  return html`<li><figure class="card">
${image ? pictures(item, image, dataset) : ''}
<figcaption><p class="change">${said(item.clean, dataset)}<span class="arrow" aria-hidden="true">→</span><span class="unseen">becomes</span>${said(item.adversarial, dataset)}</p>
${columns ? changed(columns) : ''}<p class="about">${item.regressed ? html`<span class="tag">regressed</span>` : ''}<span>example ${id}</span> <span>${named(attack, 40)}${budget}</span> <span>${far}</span></p></figcaption>
</figure></li>`;
}

function said({ prediction, confidence }: Predicted, dataset: Dataset): Html {
  return html`<span class="said"><b>${named(className(dataset, prediction), 40)}</b> <span>${shareText(confidence)}</span></span>`;
}

/** Whole percents; never all where it is not all. */
function shareText(share: number): string {
  if (share > 0.99 && share < 1) return '> 99 %';
  return share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(100 * share)} %`;
}

function pictures({ id, label }: GalleryItem, image: NonNullable<GalleryItem['image']>, dataset: Dataset): Html {
  const { width, height, magnification } = image;
  const name = className(dataset, label).slice(0, 60);
  const picture = (title: string, alt: string, png: string): Part =>
    html`<div><img src="data:image/png;base64,${png}" width="${width}" height="${height}" alt="${alt}"${width < smooth ? html` class="pixels"` : ''}><span>${title}</span></div>`;
  return html`<div class="pictures">${[
    picture('clean', `Example ${id}, ${name}, clean`, image.clean),
    picture(`change × ${Number(magnification.toPrecision(3))}`, `What was changed, magnified ${Number(magnification.toPrecision(3))} times`, image.perturbation),
    picture('adversarial', `Example ${id}, adversarial`, image.adversarial),
  ]}</div>`;
}

/** Smaller images are shown as the pixels they are. */
const smooth = 96;
const mostColumns = 8;

function changed(columns: NonNullable<GalleryItem['columns']>): Html {
  const more = columns.length - mostColumns;
  const shown = table({
    caption: 'Columns that were changed',
    columns: ['Column', 'Clean', 'Adversarial'],
    rows: columns.slice(0, mostColumns).map(({ name, clean, adversarial }) => [named(name, 40), valueText(clean), valueText(adversarial)]),
  });
  return html`${shown}${more > 0 ? html`<p class="note">and ${counted(more, 'column')} more</p>` : ''}`;
}

function valueText(value: number): string {
  return String(Number(value.toPrecision(4)));
}
