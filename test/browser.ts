/** The machine's Chromium, headless, without anything that would call home; playwright's own where the machine has none. Its pages, used again. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  const executablePath = PATHS.find((path) => existsSync(path));
  return chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: FLAGS });
}

/** What tests listen to. */
const HEARD = ['console', 'pageerror', 'request', 'dialog', 'download'] as const;

/** Pages for one use after the other: a new one, with a context and a process of its own, costs three times what it costs to load a file in one that is there. */
export class Tabs {
  private readonly idle = new Map<string, Page[]>();

  constructor(private readonly browser: Browser) {}

  /** A page of such a context. */
  async take(options: BrowserContextOptions): Promise<Page> {
    const page = this.idle.get(JSON.stringify(options))?.pop();
    return page ?? (await (await this.browser.newContext(options)).newPage());
  }

  /** It is empty again, nobody listens to it, and it looks as its context was asked to. What its origin would store is not forgotten: no page of ours stores any. */
  async giveBack(page: Page, options: BrowserContextOptions): Promise<void> {
    for (const event of HEARD) page.removeAllListeners(event);
    await page.goto('about:blank');
    await page.emulateMedia({ media: null });
    if (options.viewport) await page.setViewportSize(options.viewport);
    const key = JSON.stringify(options);
    this.idle.set(key, [...(this.idle.get(key) ?? []), page]);
  }
}
