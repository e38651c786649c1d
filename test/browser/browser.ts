import { existsSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { type Browser, launch, type Page } from './playwright.js';

const CHROMIUM = '/usr/bin/chromium';

/** Debian's browser is there; elsewhere these tests are left out. */
export const hasChromium = existsSync(CHROMIUM);

/** A page, and what went wrong in it. */
export interface Watched {
  readonly page: Page;
  readonly complaints: string[];
}

/** A browser for one test file; gives what opens a page in it. */
export function headless(): (settings?: {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}) => Promise<Watched> {
  let browser: Browser | null = null;
  beforeAll(async () => {
    if (hasChromium) browser = await launch(CHROMIUM);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  return async ({ width = 1200, ...settings } = {}) => {
    if (browser === null) throw new Error('no browser');
    const page = await browser.newPage({ viewport: { width, height: 900 }, ...settings });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!/^(?:file|blob|about|data):/.test(request.url())) complaints.push(`request ${request.url()}`);
    });
    return { page, complaints };
  };
}
