import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const chromium = '/usr/bin/chromium';
export const hasChromium = existsSync(chromium);

/** A page, and what came of opening it. */
export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, errors of scripts, dialogs, and requests for anything but the file. */
  readonly complaints: readonly string[];
}

/** Opens reports from files in one Debian Chromium. */
export class ReportPages {
  private readonly folder = mkdtempSync(join(tmpdir(), 'breakwater-pages-'));
  private readonly browser: Promise<Browser>;
  private files = 0;

  constructor() {
    // Chromium's own sandbox does not run as root, as in a container.
    this.browser = import('playwright-core').then(({ chromium: browser }) => browser.launch({ executablePath: chromium, args: ['--no-sandbox'] }));
  }

  async open(html: string, options: BrowserContextOptions = {}): Promise<Opened> {
    const file = join(this.folder, `${this.files++}.html`);
    writeFileSync(file, html);
    const address = pathToFileURL(file).href;
    const page = await (await this.browser).newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    return { page, complaints };
  }

  async close(): Promise<void> {
    await (await this.browser).close();
    rmSync(this.folder, { recursive: true });
  }
}
