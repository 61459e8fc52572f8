/** Every key of the list of keys, the way around with F6, and the address bar: it says what is shown, and who opens it sees the same. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordLab } from '../recording/recorded.ts';
import { addressOf, moveTo } from './moments.ts';
import { type Opened, Pages } from './pages.ts';

let pages: Pages;
let url: string;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  pages = await Pages.start();
  url = pages.write('lab', await recordLab('one-lost-packet'));
  opened = await pages.open(`${url}#lang=en`, { permissions: ['clipboard-read', 'clipboard-write'] });
  ({ page } = opened);
});
afterAll(() => pages.close());

const START = '#t=261845920&lang=en&view=topology';
const instant = async (): Promise<number> => Number(await page.locator('#time-box').inputValue());
const tab = (): Promise<string | null> => page.getByRole('tab', { selected: true }).textContent();
const active = (): Promise<string> =>
  page.evaluate('document.activeElement.id || document.activeElement.className || document.activeElement.tagName');
/** The tab that is shown, and what has the focus. */
const tabs = () => Promise.all([tab(), active()]);
const hash = (): Promise<URLSearchParams> => addressOf(page);
const at = (address: string): Promise<void> => moveTo(page, address);

beforeEach(() => at(START));

test('the list of commands tells every key that does something', async () => {
  await page.keyboard.press('?');
  const listed = (await page.locator('.palette kbd').allTextContents()).join(' ').split(/[ ,]+/);
  const everywhere = [
    'Space',
    '←',
    '→',
    'Home',
    'End',
    'g',
    'b',
    '/',
    'e',
    'y',
    'w',
    '1',
    '6',
    'F6',
    '?',
    'Ctrl',
    'Esc',
  ];
  expect(listed).toEqual(expect.arrayContaining(everywhere));
  await page.keyboard.press('Escape');
  await at('#t=261845920&lang=en&view=lanes&area=0-9000');
  await page.keyboard.press('Control+k');
  const lanes = await page.locator('.palette kbd').allTextContents();
  expect(lanes).toEqual(expect.arrayContaining(['w', 's', 'a', 'd', 'z', '0', '[', ']']));
  await page.keyboard.press('Escape');
  expect(await page.locator('.palette').count()).toBe(0);
});

test('time: Home, End, arrows, Shift and arrows, Space', async () => {
  const from = await instant();
  await page.keyboard.press('ArrowRight');
  const next = await instant();
  expect(next).toBeGreaterThan(from);
  await page.keyboard.press('ArrowLeft');
  expect(await instant()).toBe(from);
  await page.keyboard.press('Shift+ArrowRight');
  expect(await instant()).toBeGreaterThan(next);
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await instant()).toBe(from);
  await page.keyboard.press('End');
  expect(await instant()).toBeGreaterThan(60);
  await page.keyboard.press('Home');
  expect(await instant()).toBe(0);
  await page.keyboard.press(' ');
  await expect.poll(instant).toBeGreaterThan(0);
  await page.keyboard.press(' ');
  const stopped = await instant();
  await page.waitForTimeout(80);
  expect(await instant()).toBe(stopped);
});

test('views: 1 to 6, and arrow keys on the tabs', async () => {
  for (const [key, name] of ['Topology', 'Packets', 'Ladder', 'Plots', 'Lanes', 'Events'].entries()) {
    await page.keyboard.press(String(key + 1));
    expect(await tab()).toBe(name);
  }
  await page.locator('#tab-events').focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(tabs).toEqual(['Topology', 'tab-topology']);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(tabs).toEqual(['Events', 'tab-events']);
  await page.keyboard.press('Home');
  expect(await tab()).toBe('Topology');
});

test('g, /, e and ? lead to what they name', async () => {
  await page.keyboard.press('g');
  await expect.poll(active).toBe('time-box');
  await at(START);
  await page.keyboard.press('/');
  await expect.poll(active).toBe('filter');
  await at(START);
  await page.keyboard.press('e');
  await expect.poll(active).toBe('explained');
  await page.keyboard.press('?');
  await page.locator('.palette').waitFor();
  await page.keyboard.press('Control+k');
  await page.locator('.palette').waitFor({ state: 'detached' });
});

test('w, s, a, d, z and 0 zoom and move lanes and curves', async () => {
  await at('#t=261845920&lang=en&view=plots&area=200000000-300000000');
  await page.keyboard.press('w');
  const [from, to] = (await hash()).get('zoom')!.split('-').map(Number) as [number, number];
  expect(from < 261845920 && 261845920 < to).toBe(true);
  await page.keyboard.press('d');
  expect(Number((await hash()).get('zoom')!.split('-')[0])).toBeGreaterThan(from);
  await page.keyboard.press('a');
  await page.keyboard.press('s');
  expect((await hash()).get('zoom')).toBe(null);
  await page.keyboard.press('z');
  expect((await hash()).get('zoom')).toBe('200000000-300000000');
  await page.keyboard.press('0');
  expect((await hash()).get('zoom')).toBe(null);
});

test('letters do nothing while somebody types, nor when they are switched off', async () => {
  await page.keyboard.press('/');
  await expect.poll(active).toBe('filter');
  await page.keyboard.type('1g e?y');
  expect(await tab()).toBe('Packets');
  expect(await page.locator('#filter').inputValue()).toBe('1g e?y');
  await at('#t=0&lang=en&view=topology&keys=off');
  await page.keyboard.press('3');
  expect(await tab()).toBe('Topology');
  await page.keyboard.press('End');
  expect(await instant()).toBeGreaterThan(60);
});

test('F6 goes round all parts of the page, Shift and F6 back', async () => {
  const part = (): Promise<string> =>
    page.evaluate("document.activeElement.closest('[data-part]')?.dataset.part ?? ''");
  const seen: string[] = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('F6');
    seen.push(await part());
  }
  expect(seen).toEqual(['header', 'story', 'tabs', 'pane', 'details', 'transport']);
  await page.keyboard.press('Shift+F6');
  expect(await part()).toBe('details');
});

test('whatever has the focus shows it', async () => {
  await at('#t=261845920&lang=en&view=packets&sel=pkt.37');
  await page.locator('.layers').waitFor();
  const unseen: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const bare = await page.evaluate<string>(
      "(() => { const it = document.activeElement; return it === document.body || getComputedStyle(it).outlineStyle !== 'none' ? '' : it.outerHTML.slice(0, 100); })()",
    );
    if (bare !== '') unseen.push(bare);
  }
  expect(unseen).toEqual([]);
});

test('the address says what is shown, and who opens it sees the same', async () => {
  await at('#t=0&lang=en&view=packets');
  await page.locator('#filter').fill('tcp.analysis.duplicate_ack');
  await page.getByRole('listbox', { name: 'Packets' }).getByRole('option').nth(1).click();
  await page.locator('.choices select').first().selectOption('zh');
  await page.locator('.choices select').nth(1).selectOption('dark');
  await page.locator('.chips').click({ position: { x: 700, y: 10 } });
  await page.evaluate('document.activeElement.blur()');
  await page.keyboard.press('y');
  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(copied).toMatch(/^one-lost-packet — \d+\.\d{9} s — file:.*#t=/);
  const link = copied.split(' — ').at(-1)!;
  // It goes on saying what is shown after a link was copied.
  await page.keyboard.press('Home');
  expect((await hash()).get('t')).toBe('0');
  await page.evaluate(`location.href = ${JSON.stringify(link)}`);
  const bar = await hash();
  expect(String(new URL(link).hash.slice(1))).toBe(String(bar));
  expect([bar.get('view'), bar.get('f'), bar.get('lang'), bar.get('theme')]).toEqual([
    'packets',
    'tcp.analysis.duplicate_ack',
    'zh',
    'dark',
  ]);
  const other = await pages.open(link);
  await other.page.locator('.row[aria-selected=true]').waitFor();
  const shown = (each: Page): Promise<string> =>
    each.evaluate(
      "document.querySelector('#time-box').value + document.querySelector('main').innerText + document.title",
    );
  await expect.poll(() => shown(other.page)).toBe(await shown(page));
  expect(await other.page.evaluate('document.documentElement.lang')).toBe('zh-CN');
  expect(other.complaints).toEqual([]);
});

test.each([
  'nonsense',
  't=-5&view=nowhere&sel=pkt.999999&lang=xx&theme=pink',
  't=1e300&sel=event.99999999&card=none&zoom=9-1&area=x-y',
  't=NaN&sel=machine.%3Cscript%3E&view=lanes&zoom=0-999999999999999999999',
  'view=packets&f=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&sel=pkt.-1',
  'sel=constructor&view=__proto__&plot=toString',
])('an address that says %s is shown as far as it makes sense', async (address) => {
  await at(`#${address}`);
  await page.locator('.viewer').waitFor();
  for (const key of ['1', '2', '3', '4', '5', '6', 'ArrowRight', 'e']) await page.keyboard.press(key);
  expect(await page.locator('.viewer').isVisible()).toBe(true);
});

test('nothing of all this complained, or asked for anything', () => expect(opened.complaints).toEqual([]));
