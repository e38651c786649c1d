/**
 * As much of playwright-core as these tests use. Its own types want those of the browser's document,
 * which nothing else here may know.
 */
import { createRequire } from 'node:module';

export interface Locator {
  first(): Locator;
  all(): Promise<Locator[]>;
  count(): Promise<number>;
  hover(): Promise<void>;
  isVisible(): Promise<boolean>;
  textContent(): Promise<string | null>;
  allTextContents(): Promise<string[]>;
  getAttribute(name: string): Promise<string | null>;
}

/** The browser's own protocol, for what the page's functions do not tell. */
export interface DevTools {
  send(method: 'Performance.enable', settings: { readonly timeDomain: 'threadTicks' }): Promise<void>;
  send(
    method: 'Performance.getMetrics',
  ): Promise<{ readonly metrics: readonly { readonly name: string; readonly value: number }[] }>;
}

export interface Page {
  context(): { newCDPSession(page: Page): Promise<DevTools> };
  goto(url: string): Promise<unknown>;
  emulateMedia(settings: { readonly media: 'screen' | 'print' }): Promise<void>;
  evaluate(script: string): Promise<unknown>;
  addScriptTag(script: { readonly content: string }): Promise<unknown>;
  locator(selector: string, options?: { readonly hasText?: string }): Locator;
  fill(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  focus(selector: string): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
  readonly keyboard: { press(key: string): Promise<void> };
  waitForEvent(name: 'download'): Promise<{ path(): Promise<string> }>;
  on(name: 'console', told: (message: { type(): string; text(): string }) => void): void;
  on(name: 'pageerror', told: (error: Error) => void): void;
  on(name: 'dialog', told: (dialog: { message(): string; dismiss(): Promise<void> }) => void): void;
  on(name: 'request', told: (request: { url(): string }) => void): void;
  close(): Promise<void>;
}

export interface Browser {
  newPage(settings: {
    readonly viewport: { readonly width: number; readonly height: number };
    readonly colorScheme?: 'light' | 'dark';
  }): Promise<Page>;
  close(): Promise<void>;
}

/** Starts a browser that is installed. */
export function launch(executablePath: string): Promise<Browser> {
  const { chromium } = createRequire(import.meta.url)('playwright-core');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
