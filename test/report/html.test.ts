import { describe, expect, test } from 'vitest';
import type { RobustnessReport } from '../../src/core/report.ts';
import { html } from '../../src/report/html/html.ts';
import { htmlReport } from '../../src/report/html/htmlReport.ts';
import { lineChart } from '../../src/report/html/lineChart.ts';
import { rangeBar } from '../../src/report/html/rangeBar.ts';
import { exampleGallery } from './exampleGallery.ts';
import { exampleReport } from './exampleReport.ts';
import { exampleResults, fullReport } from './exampleResults.ts';

/** What a reader sees, without markup and what only the eye uses. */
async function wordsOf(report: Partial<RobustnessReport>, more: object = {}): Promise<string> {
  const page = await htmlReport.render([{ report: { ...fullReport, ...report }, ...more }]);
  return page
    .replace(/^[^]*<body>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&gt;/g, '>')
    .replace(/&lt;/g, '<')
    .replace(/[\s\u00a0]+/g, ' ');
}

describe('html', () => {
  test('shows text as text, in elements and attributes, and markup as markup', () => {
    const name = `<b title="x">&amp; 'y'`;
    expect(html`<i title="${name}">${name}${[html`<br>`, 1, undefined]}</i>`.markup).toBe(
      '<i title="&lt;b title=&quot;x&quot;&gt;&amp;amp; &#39;y&#39;">&lt;b title=&quot;x&quot;&gt;&amp;amp; &#39;y&#39;<br>1</i>',
    );
  });

  test('shows what reorders text as escapes, and keeps a figure on a line with its sign', () => {
    expect(html`${'a\u202eb 95 %'}`.markup).toBe('a\\u202eb 95\u00a0%');
  });
});

describe('the HTML report', () => {
  test('is the same whenever it is rendered', async () => {
    const scan = [{ report: fullReport, gallery: exampleGallery }];
    expect(await htmlReport.render(scan)).toBe(await htmlReport.render(scan));
  });

  test('says nowhere that a model is robust, and under every verdict what intervals do not cover', async () => {
    const words = await wordsOf({});
    expect(words).not.toMatch(/\b(is|are) (robust|safe|secure)\b/);
    expect(words).toContain('not the chance that a stronger attack exists');
  });

  test('folds away what passed, and shows what failed, warns or was missed before any figure', async () => {
    const page = String(await htmlReport.render([{ report: fullReport }]));
    const open = page.replace(/<details[^]*?<\/details>/g, '');
    expect(open).toContain('Gradients exist: 0.0123');
    expect(open).toContain('Look at node Round.');
    expect(open).not.toContain('Iterative is at least as strong');
    expect(page).toContain('Iterative is at least as strong');
    expect(page.indexOf('id="gates"')).toBeLessThan(page.indexOf('id="checks"'));
    expect(page.indexOf('id="checks"')).toBeLessThan(page.indexOf('id="curve"'));
  });

  test('says how to do it again', async () => {
    expect(await wordsOf({})).toContain("npx breakwater scan models/cnn/model.json --attack fgsm,pgd --data fashion-mnist:test --epsilon 8/255 --seed 0");
  });

  test('shows the 30 worst of many classes, and how many there are', async () => {
    const perClass = Array.from({ length: 100 }, (_, label) => ({ label, total: 10, cleanAccuracy: 1, robustAccuracy: label / 100, attacks: [label / 100, label / 100] }));
    const words = await wordsOf({ perClass, perGroup: [], predictions: [] });
    expect(words).toMatch(/class 29 10 100\.0 % 29\.0 %/);
    expect(words).not.toMatch(/class 30 10/);
    expect(words).toContain('The 30 worst of 100 classes; report.json has the other 70.');
  });

  test('shows the commonest mistakes where a matrix would be too large', async () => {
    const predictions = Array.from({ length: 40 }, (_, label) => ({ label, predicted: (label + 1) % 40, clean: 1, worstCase: label + 1 }));
    const words = await wordsOf({ predictions });
    expect(words).toMatch(/class 39 top 40 2\.0 % 1 class 38 class 39 39/);
    expect(words).toContain('10 rarer pairs: report.json has them all.');
  });

  test('shows a model that failed as a prediction of its own', async () => {
    const predictions = [{ label: 0, predicted: -1, clean: 0, worstCase: 3 }];
    expect(await wordsOf({ predictions })).toContain('top taken for failed , 3 examples.');
  });

  test('shows what was changed in a table, what regressed, and no certainty that is not there', async () => {
    const words = await wordsOf({}, { gallery: exampleGallery.toReversed() });
    expect(words).toMatch(/example 14 .*example 3 /);
    expect(words).toContain('The first one was robust in the baseline.');
    expect(words).toContain('age 41 38.25 hours 40 44');
    expect(words).toMatch(/trouser 98 % → becomes top > 99 % regressed example 14 autoattack at epsilon 8\/255 Linf distance 0\.0313/);
    expect(words).toMatch(/trouser < 1 %/);
  });

  test('has no worst case where no attack keeps to a ball', async () => {
    const [, , turned] = fullReport.attacks;
    const { curve, ...rest } = fullReport;
    expect(curve).toBeDefined();
    const page = String(await htmlReport.render([{ report: { ...rest, gates: [], attacks: [turned!], perClass: [] } }]));
    expect(page).not.toMatch(/Worst case<\/dt>|<th scope="row">worst case/);
    expect(page).toContain('In no ball, and apart from the worst case');
  });

  test('says of stability that it is one', async () => {
    const words = await wordsOf({ measure: 'stability' });
    expect(words).toContain('Clean stability 90.0 % by definition');
    expect(words).toContain('Labels what the model itself says without an attack');
  });

  test('puts the worst verdict of several scenarios first', async () => {
    const page = String(await htmlReport.render(exampleResults.check));
    expect(page).toMatch(/<p class="word">Missed<\/p><p class="sentence">2 scenarios: 1 missed, 1 held\./);
    expect(page).toContain('href="#scenario-2"');
    expect(page).toContain('id="scenario-2-comparison"');
  });

  test('needs no curve, gallery, gate or check', async () => {
    const page = String(await htmlReport.render([{ report: { ...exampleReport, checks: [], perClass: [], predictions: [] } }]));
    expect([...page.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id)).toEqual(['attacks', 'configuration']);
  });
});

test('a bar lies where its figures are, also around zero and beyond its ends', () => {
  expect(rangeBar({ value: 0.5, interval: [0.4, 0.6], mark: 0.7 }).markup).toBe(
    '<span class="bar" aria-hidden="true"><i class="fill" style="left:0%;width:50%"></i><i class="whisker" style="left:40%;width:20%"></i><i class="mark" style="left:70%"></i></span>',
  );
  expect(rangeBar({ value: -0.1, interval: [-0.4, 0.1], threshold: 0.1, domain: [-0.2, 0.2] }).markup).toBe(
    '<span class="bar" aria-hidden="true"><i class="fill" style="left:25%;width:25%"></i><i class="zero" style="left:50%"></i><i class="whisker" style="left:0%;width:75%"></i><i class="threshold" style="left:75%"></i></span>',
  );
});

test('a chart draws points where they belong, in the colours of the page, and holds nothing that differs from drawing to drawing', async () => {
  const points = [0, 0.5, 1].map((x) => ({ x, y: 1 - x, interval: [1 - x, 1 - x] as const }));
  const { markup } = await lineChart({ alternative: 'a line', xTitle: 'epsilon', lines: [{ name: 'pgd', colour: 0, points, band: true }] });
  // 760 × 340, less the margins of the grid.
  expect(markup).toContain('<path d="M48 14L394 154L740 294" fill="none" stroke="var(--series-0)"');
  expect(markup).not.toMatch(/zr\d|ecmeta|<style|#[0-9a-f]{6}"/);
});
