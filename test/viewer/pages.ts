/** The viewer in a real browser: pages as `netarium run --html` writes them, made in this process, and everything that a page may not do taken down. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Recording } from '@netarium/view/recording/recording.ts';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { packRecording, type ViewerFiles, viewerPage } from '../../packages/cli/src/output/viewer-page.ts';
import { viewerBundle } from '../../scripts/viewer-bundle.mjs';
import { launchBrowser, Tabs } from '../browser.ts';

/** A page, and what went wrong on it or went out of it. */
export interface Opened {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors, unhandled rejections, requests beside the file's own. */
  readonly complaints: string[];
  /** As it was asked for. */
  readonly options: BrowserContextOptions;
}

/** Made once for all test files of a process. */
let bundle: Promise<ViewerFiles> | undefined;

export class Pages {
  private readonly folder = mkdtempSync(join(tmpdir(), 'netarium-viewer-'));
  private readonly tabs: Tabs;

  private constructor(
    readonly browser: Browser,
    readonly files: ViewerFiles,
  ) {
    this.tabs = new Tabs(browser);
  }

  static async start(): Promise<Pages> {
    const [browser, files] = await Promise.all([launchBrowser(), (bundle ??= viewerBundle())]);
    return new Pages(browser, files);
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes a recording, or bytes that should be one, as a page; its address. */
  write(name: string, recording: Recording | Uint8Array): string {
    const packed = recording instanceof Uint8Array ? recording : packRecording(recording);
    const file = join(this.folder, `${name}.html`);
    writeFileSync(file, viewerPage(packed, this.files));
    return String(pathToFileURL(file));
  }

  /** In a page that was left, or in a new one. */
  async open(url: string, asked: BrowserContextOptions = {}): Promise<Opened> {
    const options = { viewport: { width: 1360, height: 850 }, ...asked };
    const page = await this.tabs.take(options);
    // What is not there after so long does not come: a page that broke ends a test soon.
    page.setDefaultTimeout(10_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url.split('#')[0] && !request.url().startsWith('blob:'))
        complaints.push(`request for ${request.url()}`);
    });
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(url);
    await page.locator('.viewer, .broken').waitFor();
    return { page, complaints, options };
  }

  /** Another may have the page. What went wrong on it is an error. */
  async leave({ page, complaints, options }: Opened): Promise<void> {
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    await this.tabs.giveBack(page, options);
  }
}
