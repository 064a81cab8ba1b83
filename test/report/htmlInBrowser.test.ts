import { randomBytes } from 'node:crypto';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Comparison } from '../../src/core/comparison.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import type { GalleryItem, Result } from '../../src/core/result.ts';
import { htmlReport } from '../../src/report/html/htmlReport.ts';
import { printable } from '../../src/report/printable.ts';
import { needs } from '../support/needs.ts';
import { hasChromium, ReportPages } from '../support/reportPages.ts';
import { exampleComparison, figure } from './exampleComparison.ts';
import { exampleGallery } from './exampleGallery.ts';
import { exampleResults, fullReport, hostileNames, hostileResult } from './exampleResults.ts';

/** Of the DOM, what these tests ask of it inside the page. */
interface Shape {
  readonly getBoundingClientRect: () => { readonly width: number };
  readonly contains: (other: unknown) => boolean;
  readonly naturalWidth: number;
  readonly width: number;
  open: boolean;
}
declare const document: {
  readonly querySelectorAll: (selector: string) => Shape[];
  readonly documentElement: { readonly scrollWidth: number };
  readonly activeElement: unknown;
};
declare const getComputedStyle: (element: unknown) => { readonly stroke: string };

const test = needs('chromium', hasChromium);

let pages: ReportPages;
beforeAll(() => {
  if (hasChromium) pages = new ReportPages();
});
afterAll(() => pages?.close());

const curve = [2 / 255, 8 / 255].map((epsilon) => ({ attack: 'worst case', epsilon, ...figure(640, 560, 12) }));
const comparison: Comparison = { ...exampleComparison, curve, gate: { maxRegression: 0.02, regression: 0.04, lower: 0.03, upper: 0.05, p: 0.001 }, verdict: 'regressed' };
const everything: Result = { report: fullReport, comparison, gallery: exampleGallery };

async function rendered(...results: Result[]): Promise<string> {
  return htmlReport.render(results);
}

describe('the HTML report in Chromium', () => {
  test('draws its curves, bars and examples, and neither complains nor asks for anything', async () => {
    const { page, complaints } = await pages.open(await rendered(everything));
    const drawn = page.locator('.chart .wide svg path[stroke^="var(--series"], .chart .wide svg polygon, .bar .fill, .cell');
    const widths = await drawn.evaluateAll((shapes: Shape[]) => shapes.map((shape) => shape.getBoundingClientRect().width));
    expect(await page.locator('.chart .wide svg').count()).toBe(2);
    expect(widths.length).toBeGreaterThan(30);
    expect(Math.min(...widths)).toBeGreaterThan(0);
    const images = await page.locator('.gallery img').evaluateAll((all: Shape[]) => all.map(({ naturalWidth, width }) => [naturalWidth, width > 40]));
    expect(images).toEqual(Array(6).fill([2, true]));
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('leaves axe nothing to find, in light and dark, with all that is folded open', async () => {
    const { page } = await pages.open(await rendered(everything), { colorScheme: 'light' });
    expect(await found(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await found(page)).toEqual([]);
    await page.close();
    const check = await pages.open(await rendered(...exampleResults.check));
    expect(await found(check.page)).toEqual([]);
    await check.page.close();
  });

  test('has charts that are dark in the dark, and light on paper', async () => {
    const { page } = await pages.open(await rendered(everything), { colorScheme: 'light' });
    const line = page.locator('.chart .wide svg path[stroke="var(--series-0)"]').first();
    const colour = () => line.evaluate((path: unknown) => getComputedStyle(path).stroke);
    const light = await colour();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await colour()).not.toBe(light);
    await page.emulateMedia({ media: 'print' });
    expect(await colour()).toBe(light);
    await page.close();
  });

  test('opens what is folded by keyboard', async () => {
    const { page } = await pages.open(await rendered(everything));
    const passed = page.locator('#checks details').first();
    for (let presses = 0; presses < 40 && !(await passed.evaluate((details: Shape) => details.contains(document.activeElement))); presses++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await passed.getAttribute('open')).toBe('');
    await page.close();
  });

  test('prints on several pages, folded parts too', async () => {
    const { page } = await pages.open(await rendered(everything));
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(2);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByText('Iterative is at least as strong as single-step').isVisible()).toBe(true);
    await page.close();
  });

  test('lets no name do anything, nor make the page wider', async () => {
    const open = async (names: readonly string[]) => pages.open(await rendered(...names.map(hostile)), { viewport: { width: 390, height: 800 } });
    const [{ page, complaints }, plain] = [await open(hostileNames), await open(hostileNames.map(() => 'plain'))];
    const elements = () => document.querySelectorAll('*').length;
    expect(await page.evaluate(elements)).toBe(await plain.page.evaluate(elements));
    expect(await page.locator('script, iframe, object, embed, form, [onerror], a:not([href^="#scenario-"]):not([href="#report"])').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const headings = await page.locator('h2').allTextContents();
    expect(headings.slice(0, 3)).toEqual(hostileNames.slice(0, 3).map(printable));
    await page.setViewportSize({ width: 700, height: 800 });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(700);
    expect(complaints).toEqual([]);
    await Promise.all([page.close(), plain.page.close()]);
  });

  test('takes less than 3 MB for 1,000 samples of 1,000 classes with 24 images as large as they may be', async () => {
    const html = await rendered({ report: largeReport(), gallery: await largeGallery() });
    expect(Buffer.byteLength(html)).toBeLessThan(3_000_000);
    const { page, complaints } = await pages.open(html);
    expect(await page.locator('.gallery img').evaluateAll((all: Shape[]) => all.filter(({ naturalWidth }) => naturalWidth === 0).length)).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** What axe finds, by rule and place. */
async function found(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(async () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    return (globalThis as unknown as { axe: typeof axe }).axe.run();
  });
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact} ${id}: ${html.slice(0, 120)}`));
}

function hostile(name: string): Result {
  const gallery = exampleGallery.map((item): GalleryItem => ({ ...item, attack: name, ...(item.columns && { columns: item.columns.map((column) => ({ ...column, name })) }) }));
  return { ...hostileResult(name), gallery };
}

/** 1,000 classes, each of which goes to another. */
function largeReport(): RobustnessReport {
  const labels = Array.from({ length: 1000 }, (_, label) => label);
  return {
    ...fullReport,
    dataset: { ...fullReport.dataset, examples: 1000, classNames: labels.map((label) => `class of things number ${label}`) },
    perClass: labels.map((label) => ({ label, total: 1, cleanAccuracy: 1, robustAccuracy: 0, attacks: [0, 0] })),
    predictions: labels.map((label) => ({ label, predicted: (label + 1) % 1000, clean: 0, worstCase: 1 })),
  };
}

/** As large as a gallery may be: noise, which does not compress. */
async function largeGallery(): Promise<GalleryItem[]> {
  const side = 70;
  const noise = async () => (await sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } }).png().toBuffer()).toString('base64');
  const [item] = exampleGallery;
  const images = Array.from({ length: 24 }, async () => ({ width: side, height: side, magnification: 10, clean: await noise(), adversarial: await noise(), perturbation: await noise() }));
  const gallery = (await Promise.all(images)).map((image) => ({ ...item!, image }));
  expect(JSON.stringify(gallery).length).toBeGreaterThan(1_400_000);
  return gallery;
}
