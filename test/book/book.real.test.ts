/**
 * The handbook as it is published (`netarium book`, worker threads, the labs' viewers) in a real browser, opened from disk: no request, no error, no
 * accessibility violation in either theme or language, a search that finds, predictions that can be checked by keyboard, links that lead there and
 * back, pages that print, and everything there without scripts. The Chinese book is the command's; the English one has the expected decisions.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bookBundle } from '../../scripts/book-bundle.mjs';
import { launchBrowser, Tabs } from '../browser.ts';
import { builtCommand } from '../built.ts';
import { bookIn, writeBook } from './write-book.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let bin = '';
let folder: string;
let browser: Browser;
let tabs: Tabs;
let written: ReturnType<typeof netarium>;
/** Pages of this test, as they were asked for. */
const pages = new Map<Page, BrowserContextOptions>();
const complaints: string[] = [];

function netarium(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LANG: 'en_US.UTF-8', TMPDIR: folder },
  });
  return { code: status, out: stdout, err: stderr };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netarium-book-'));
  bin = builtCommand();
  written = netarium('book', join(folder, 'zh'), '--lang', 'zh');
  writeBook(await bookIn('en'), join(folder, 'en'), await bookBundle());
  browser = await launchBrowser();
  tabs = new Tabs(browser);
  // A busy machine runs all labs in minutes.
}, 600_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const [page, options] of pages) await tabs.giveBack(page, options);
  pages.clear();
  expect(complaints.splice(0)).toEqual([]);
});

describe('the command', () => {
  test('every prediction is decided, every link is a file', () => {
    const { code, out, err } = written;
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(join(folder, 'zh/index.html'));
    const names = readdirSync(join(folder, 'zh')).filter((name) => name.endsWith('.html'));
    expect(names.filter((name) => /^q\d{3}\.html$/.test(name))).toHaveLength(104);
    expect(readdirSync(join(folder, 'zh/labs')).length).toBeGreaterThanOrEqual(catalogue.size);
    const targets = new Set(
      names.flatMap((name) =>
        [...readFileSync(join(folder, 'zh', name), 'utf8').matchAll(/ (?:href|src)="([^"#]+)/g)].map(
          ([, link]) => link!,
        ),
      ),
    );
    for (const target of targets) expect(existsSync(join(folder, 'zh', target)), target).toBe(true);
    expect([...targets].filter((target) => target.startsWith('labs/')).length).toBeGreaterThan(60);
    const quiz = readFileSync(join(folder, 'zh/quiz.html'), 'utf8');
    expect(quiz.match(/data-answer="[^"]+"/g)).toHaveLength(quizItems.length);
    expect(quiz).toMatch(/labs\/arp\.html#t=\d+&amp;lang=zh/);
  });

  test('a folder that cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    const { code, err } = netarium('book', join(folder, 'file'), '--no-labs');
    expect(code).toBe(3);
    expect(err).toContain('cannot write');
  });
});

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

function urlOf(path: string): string {
  const [file = '', rest = ''] = path.split(/(?=[?#])/);
  return `${pathToFileURL(join(folder, file)).href}${rest}`;
}

/** A page of the book; whatever it complains of or asks for fails the test. */
async function open(path: string, looks: BrowserContextOptions = {}): Promise<Page> {
  // The policy of the pages forbids foreign scripts; the auditor is let in from outside.
  const options = { viewport: { width: 1280, height: 720 }, bypassCSP: true, ...looks };
  const page = await tabs.take(options);
  pages.set(page, options);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith('file://')) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(urlOf(path));
  return page;
}

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  // Its own look at style sheets would be a request, which files from disk do not get.
  const found = await page.evaluate<readonly Violation[]>(
    'axe.run(document, { preload: false }).then((r) => r.violations)',
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

// A language changes words alone and a theme colours alone: one of each beside one of the other, not beside both.
describe.each([
  ['en', 'light'],
  ['zh', 'dark'],
] as const)('axe-core finds nothing in %s, %s', (language, colorScheme) => {
  const views = [
    'index.html',
    `index.html?q=${encodeURIComponent('粘包')}`,
    'q028.html',
    'q045.html',
    'quiz.html',
    'terms.html',
  ];
  test.each(views)('%s', async (view) => {
    const page = await open(`${language}/${view}`, { colorScheme });
    await page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true");
    expect(await violations(page)).toEqual([]);
  });
});

test('the pages’ own policy lets in nothing but the book’s scripts and style', async () => {
  const page = await browser.newPage();
  const refused: string[] = [];
  page.on('console', (message) => refused.push(message.text()));
  await page.goto(urlOf('en/index.html?q=sticky'));
  expect(await page.locator('#results-list a').count()).toBeGreaterThan(0);
  expect(refused).toEqual([]);
  await page.evaluate(`
    const image = document.createElement('img');
    image.src = 'https://example.invalid/x.png';
    const script = document.createElement('script');
    script.textContent = 'document.title = "ran"';
    document.body.append(image, script);
  `);
  await expect.poll(() => refused.length).toBeGreaterThanOrEqual(2);
  expect(await page.title()).not.toBe('ran');
  await page.close();
});

test.each([
  ['en', '粘包', 'What are sticky packets'],
  ['en', 'sticky packets', 'What are sticky packets'],
  ['zh', '粘包', '粘包指什么'],
  ['zh', 'sticky packets', '粘包指什么'],
])('the search box in %s finds %s while it is typed', async (language, query, first) => {
  const page = await open(`${language}/index.html`);
  await page.locator('#search').fill(query);
  expect(await page.locator('#results-list a').first().textContent()).toContain(first);
  expect(await page.locator('#topics').isHidden()).toBe(true);
  await page.keyboard.press('Enter');
  expect(new URL(page.url()).searchParams.get('q')).toBe(query);
  await page.reload();
  await page.locator('#results-list a').first().click();
  expect(page.url()).toMatch(/q028\.html$/);
});

test('a search from another page comes to the index; what is not there is said, and cleared again', async () => {
  const page = await open('en/q014.html');
  await page.locator('#search').fill('zzyzx');
  await page.keyboard.press('Enter');
  await page.waitForURL(/index\.html\?q=/);
  expect(await page.locator('#results-count').textContent()).toContain('Nothing found');
  await page.locator('#search').fill('');
  expect(await page.locator('#topics').isVisible()).toBe(true);
  expect(await page.locator('#results').isHidden()).toBe(true);
});

describe('predictions', () => {
  test('a choice, by keyboard: right and wrong', async () => {
    const page = await open('zh/quiz.html');
    const item = page.locator('#item-arp-first-frame');
    await item.getByRole('radio').first().focus();
    await page.keyboard.press('Space');
    await item.getByRole('button', { name: '检查' }).press('Enter');
    expect(await item.getByRole('status').textContent()).toContain('不对');
    expect(await item.locator('details').getAttribute('open')).not.toBeNull();
    await item.getByRole('radio', { name: /ff:ff/ }).check();
    await item.getByRole('button', { name: '检查' }).click();
    expect(await item.getByRole('status').textContent()).toBe('正确。');
    expect(await item.locator('.evidence').textContent()).toContain('Who has');
  });

  test('several choices, and a number with its tolerance', async () => {
    const page = await open('zh/quiz.html');
    const flags = page.locator('#item-flag-bits');
    for (const box of await flags.getByRole('checkbox').all()) await box.check();
    await flags.getByRole('button', { name: '检查' }).click();
    expect(await flags.getByRole('status').textContent()).toBe('正确。');
    const seconds = page.locator('#item-flag-a-to-flag-b');
    await seconds.getByRole('textbox').fill('');
    await seconds.getByRole('button', { name: '检查' }).click();
    expect(await seconds.getByRole('status').textContent()).toContain('不对');
    await seconds.getByRole('textbox').fill('60.5');
    await page.keyboard.press('Enter');
    expect(await seconds.getByRole('status').textContent()).toBe('正确。');
  });

  test('the nine steps are sorted with the buttons', async () => {
    const page = await open('en/quiz.html');
    const item = page.locator('#item-sort-a-visit');
    for (const [place, letter] of [...'hfdabiecg'].entries()) {
      const line = item.locator(`li[data-letter="${letter}"]`);
      const at = (): Promise<number> => line.evaluate((node) => [...node.parentElement!.children].indexOf(node));
      for (let now = await at(); now > place; now--) await line.getByRole('button', { name: 'Move up' }).press('Enter');
    }
    await item.getByRole('button', { name: 'Check' }).click();
    expect(await item.getByRole('status').textContent()).toBe('Right.');
  });
});

describe('the labs’ viewers, opened from the book', () => {
  test.each([
    ['q011.html', '.evidence a', 'arp'],
    ['q014.html', '.evidence a', 'handshake'],
    ['q038.html', '.labs a', 'visit-website'],
    ['q076.html', '.evidence a', 'process-locks'],
    ['q078.html', '.evidence a', 'locks'],
  ])('%s: a link leads to the viewer, and its bar back', async (path, links, lab) => {
    const page = await open(`zh/${path}`);
    await page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true");
    const link = page.locator(`${links}[href^="labs/${lab}"]`).first();
    const href = (await link.getAttribute('href'))!;
    await link.click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('zh-CN');
    const at = new URLSearchParams(new URL(href, 'file:///').hash.slice(1)).get('t');
    const packet = new URLSearchParams(new URL(href, 'file:///').hash.slice(1)).get('sel');
    // The deciding packet is chosen, and its layers are shown.
    if (packet !== null) await page.getByText('Ethernet II').first().waitFor();
    if (at !== null) expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('t')).toBe(at);
    const higher = await page.evaluate<number>('document.body.scrollHeight - innerHeight');
    expect(higher).toBeLessThanOrEqual(0);
    await page.getByRole('navigation', { name: 'Netarium 手册' }).getByRole('link').nth(1).click();
    await page.waitForURL(/\/zh\/q\d{3}\.html$/);
    expect(await page.locator(`.labs a[href^="labs/${lab}"]`).count()).toBeGreaterThan(0);
  });

  test('the bar above a viewer has no accessibility violation', async () => {
    const page = await open('zh/labs/arp.html#lang=zh');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

test.each(['zh/q022.html', 'en/q020.html'])(
  '%s on paper: what is closed is there, what is clicked is not',
  async (path) => {
    const page = await open(path);
    await page.emulateMedia({ media: 'print' });
    const shown = await page.evaluate<{ readonly answers: readonly boolean[]; readonly rest: readonly boolean[] }>(`({
    answers: [...document.querySelectorAll('main details > :not(summary)')].map((each) => each.checkVisibility() && each.getBoundingClientRect().height > 0),
    rest: [...document.querySelectorAll('header, .controls, .neighbours, .choices input, .item summary')].map((each) => each.checkVisibility()),
  })`);
    expect(shown.answers.length).toBeGreaterThan(3);
    expect(shown.answers).not.toContain(false);
    expect(shown.rest).not.toContain(true);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  },
);

test('without scripts: answers behind a disclosure, the whole index, no dead controls', async () => {
  const page = await open('zh/q028.html', { javaScriptEnabled: false });
  expect(await page.getByRole('radio').count()).toBe(0);
  const answer = page.locator('article details .answer').first();
  expect(await answer.isVisible()).toBe(false);
  await page.locator('article summary').first().click();
  expect(await answer.isVisible()).toBe(true);
  const index = await open('en/index.html', { javaScriptEnabled: false });
  expect(await index.locator('#topics .questions a').count()).toBe(104);
  expect(await index.locator('noscript').isVisible()).toBe(true);
});

test.each(['en/q014.html', 'zh/quiz.html', 'en/terms.html', 'zh/index.html'])(
  '%s at 200 % and on a narrow screen: nothing is cut off',
  async (path) => {
    // 1280 pixels at 200 % are 640 of CSS; 320 is what WCAG 2.2, 1.4.10 asks for.
    for (const width of [640, 320]) {
      const page = await open(path, { viewport: { width, height: 800 } });
      const wider = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(wider, `${width}`).toBeLessThanOrEqual(0);
    }
  },
);

test('the first Tab brings the way past the banner', async () => {
  const page = await open('en/q001.html');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('skip');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
});
