/**
 * The pictures of the HTML report in the README. `npm run build`, then `npx tsx docs/screenshots.ts`; takes Debian's
 * chromium, and fonts-inter for letters as most systems have them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { packageRoot } from '../src/core/package.ts';

const out = mkdtempSync(join(tmpdir(), 'breakwater-screenshots-'));
const flags = ['--attack', 'fgsm,pgd,square', '--limit', '500', '--curve', '--at-least', '0.4', '--quiet', '--out', out];
try {
  execFileSync(process.execPath, [join(packageRoot, 'dist/src/cli/main.js'), 'scan', ...flags], { cwd: packageRoot, stdio: 'ignore' });
} catch (error) {
  if ((error as { status?: number }).status !== 1) throw error; // 1: the floor is missed, as it should be
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1240, height: 1660 }, deviceScaleFactor: 1.5, colorScheme: 'light', reducedMotion: 'reduce' });
await page.goto(pathToFileURL(join(out, 'report.html')).href);
await save(await page.screenshot(), 'report.webp');
await page.emulateMedia({ colorScheme: 'dark' });
await page.setViewportSize({ width: 1240, height: 820 });
await page.locator('#gallery').evaluate((section: { scrollIntoView: () => void }) => section.scrollIntoView());
await save(await page.screenshot(), 'gallery.webp');
await browser.close();

async function save(picture: Buffer, name: string): Promise<void> {
  await sharp(picture).webp({ quality: 88, effort: 6 }).toFile(join(packageRoot, 'docs/images', name));
}
