/** The first minutes that a person spends with a page, by mouse and keyboard in a real browser: a visit to a web site, its packets, a lost segment, a deadlock. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { recordLab } from '../recording/recorded.ts';
import { addressOf } from './moments.ts';
import { type Opened, Pages } from './pages.ts';

let pages: Pages;
const urls = new Map<string, string>();
let opened: Opened;
let page: Page;

beforeAll(async () => {
  pages = await Pages.start();
  for (const lab of ['visit-website', 'one-lost-packet', 'noodles-and-forks'])
    urls.set(lab, pages.write(lab, await recordLab(lab)));
});
afterAll(() => pages.close());

async function visit(lab: string, hash = ''): Promise<void> {
  opened = await pages.open(`${urls.get(lab)}${hash}`, {
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = opened.page;
}

afterEach(() => pages.leave(opened));

/** The address follows within a moment. */
const address = async (name: string): Promise<string | null> => (await addressOf(page)).get(name);
const instant = async (): Promise<number> => Number(await page.locator('#time-box').inputValue());
const tab = (): Promise<string | null> => page.getByRole('tab', { selected: true }).textContent();

describe('a visit to a web site', () => {
  test('begins before the first frame, goes on frame by frame, and back', async () => {
    await visit('visit-website', '#lang=en');
    expect(await tab()).toBe('Topology');
    for (const machine of ['laptop', 'gw', 'web'])
      await page.getByRole('button', { name: machine, exact: true }).waitFor();
    const told = page.getByRole('list', { name: 'On the way' }).getByRole('listitem');
    expect(await told.count()).toBe(0);
    const start = await instant();
    const before = await page.locator('.topology canvas').screenshot();
    for (let i = 0; i < 8 && (await told.count()) === 0; i++) await page.keyboard.press('ArrowRight');
    expect(await told.first().textContent()).toMatch(/packet 1: laptop to home/);
    expect(await instant()).toBeGreaterThan(start);
    expect(before.equals(await page.locator('.topology canvas').screenshot())).toBe(false);
    while ((await instant()) > start) await page.keyboard.press('ArrowLeft');
    expect(await told.count()).toBe(0);
  });

  test('says what to press until something was pressed, in both languages', async () => {
    for (const [language, told] of [
      ['en', 'Space plays the run, → goes to the next event'],
      ['zh', '按空格播放，按 → 走到下一个事件'],
    ] as const) {
      await visit('visit-website', `#lang=${language}`);
      const next = page.locator('.transport .play.next');
      expect([await page.getByText(told).count(), await next.count()]).toEqual([1, 1]);
      await page.keyboard.press('ArrowRight');
      expect([await page.getByText(told).count(), await next.count()]).toEqual([0, 0]);
      if (language === 'en') await pages.leave(opened);
    }
  });

  test('a link to what this run does not have chooses nothing', async () => {
    for (const selected of ['machine.nobody', 'event.99999999', 'pkt.99999999', 'pkt.0']) {
      await visit('visit-website', `#lang=en&sel=${selected}`);
      const details = await page.getByRole('complementary', { name: 'Details' }).textContent();
      expect(details, selected).toContain('Choose a machine, a packet or an event.');
      expect(details).toContain('Last event');
      if (selected !== 'pkt.0') await pages.leave(opened);
    }
  });

  test('plays, pauses, jumps to what is interesting, and tells the machine at that instant', async () => {
    await visit('visit-website', '#lang=en');
    await page.getByRole('button', { name: 'Play' }).click();
    const from = await instant();
    await expect.poll(instant).toBeGreaterThan(from);
    await page.getByRole('button', { name: 'Pause' }).click();
    const paused = await instant();
    await page.waitForTimeout(100);
    expect(await instant()).toBe(paused);
    await page.getByRole('button', { name: 'To the start' }).click();
    await page.getByRole('button', { name: 'laptop', exact: true }).click();
    const details = page.getByRole('complementary', { name: 'Details' });
    expect(await details.textContent()).not.toContain('10.0.1.100');
    await page.getByRole('button', { name: /The laptop has its own address/ }).click();
    expect(await details.textContent()).toContain('10.0.1.100/24');
    await page.getByRole('button', { name: 'Next interesting moment' }).click();
    expect(await instant()).toBeGreaterThan(1.0015);
    await page.getByRole('button', { name: 'To the start' }).click();
    expect(await details.textContent()).not.toContain('10.0.1.100/24');
  });

  test('play crosses a second of nothing in a second, at any speed', async () => {
    // Between the two visits the laptop rests for 0.9 s, which is a quarter of an hour at a millisecond per second.
    await visit('visit-website', '#lang=en&t=1400000000');
    await page.getByLabel('Speed').selectOption('1000000');
    await page.keyboard.press(' ');
    await expect.poll(instant, { timeout: 10_000 }).toBeGreaterThan(2.3);
  });

  test('what is told at an instant is in sight', async () => {
    await visit('visit-website', '#lang=en&t=1200000000');
    const story = (await page.locator('.story').boundingBox())!;
    for (const key of ['End', ...Array.from({ length: 12 }, () => 'Shift+ArrowLeft')]) {
      await page.keyboard.press(key);
      const line = (await page.locator('.story [aria-current=step]').boundingBox())!;
      expect(line.y, key).toBeGreaterThanOrEqual(story.y);
      expect(line.y + line.height, key).toBeLessThanOrEqual(story.y + story.height);
    }
  });

  test('a packet on the canvas is clicked and followed', async () => {
    await visit('visit-website', '#lang=en&t=1003025500');
    const told = page.getByRole('list', { name: 'On the way' }).getByRole('button');
    await told.first().waitFor();
    const box = (await page.locator('.topology canvas').boundingBox())!;
    let hit = false;
    for (let x = box.x + 60; x < box.x + box.width && !hit; x += 6) {
      await page.mouse.click(x, box.y + box.height / 2);
      hit = (await page.locator('.details h2', { hasText: /^Packet \d+$/ }).count()) > 0;
    }
    expect(hit).toBe(true);
    expect(await page.getByText('The packets that belong together').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.getByText('The packets that belong together').count()).toBe(0);
  });

  test('the time box takes units, and refuses what is no instant', async () => {
    await visit('visit-website', '#lang=en');
    const box = page.locator('#time-box');
    for (const [typed, shown] of [
      ['1.5ms', '0.001500000'],
      ['0.25', '0.250000000'],
      ['20 us', '0.000020000'],
      ['1003ms', '1.003000000'],
    ] as const) {
      await box.fill(typed);
      await box.press('Enter');
      expect(await box.inputValue()).toBe(shown);
    }
    for (const typed of ['soon', '-1', '999', '1e999', '1.5 parsecs']) {
      await box.fill(typed);
      await box.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'is no instant of this run' }).waitFor();
    }
    await box.blur();
    expect(await instant()).toBe(1.003);
  });

  test('moments can be chosen by name, checks jump to theirs', async () => {
    await visit('visit-website', '#lang=en');
    const moments = page.getByLabel('Moments');
    const names = await moments.locator('option').allTextContents();
    expect(names.some((name) => name.includes('DHCP Offer'))).toBe(true);
    await moments.selectOption({ index: names.length - 1 });
    expect(await instant()).toBe(Number(names.at(-1)!.split(' ')[0]));
    expect(await page.locator('.checks li').count()).toBeGreaterThan(0);
  });
});

describe('its packets', () => {
  test('a filter, a field and its bytes, the response, and the capture', async () => {
    await visit('visit-website', '#lang=en');
    // No letter is lost, however fast it is typed: n and s would be commands.
    await page.keyboard.type('/dns');
    expect(await page.locator('#filter').inputValue()).toBe('dns');
    expect(
      await page.locator('datalist option').evaluateAll((all) => all.map((each) => each.getAttribute('value'))),
    ).toContain('dns.id');
    const rows = page.getByRole('listbox', { name: 'Packets' }).getByRole('option');
    await expect
      .poll(async () => (await page.locator('.protocol').allTextContents()).slice(1).every((each) => each === 'DNS'))
      .toBe(true);
    expect(await address('f')).toBe('dns');
    await rows.first().click();
    await page.getByText(/^Domain Name System/).click();
    await page.getByText(/^Transaction ID/).hover();
    expect(await page.locator('.bytes .shown').count()).toBe(2);
    // The other way round: the byte under the pointer shows its field.
    await page.locator('.bytes .hex span').nth(23).hover();
    expect(await page.locator('.layers .shown').allTextContents()).toEqual([expect.stringContaining('Protocol: UDP')]);
    const [first] = await rows.allTextContents();
    await page.getByRole('button', { name: /^Response in: / }).click();
    const chosen = await page.locator('[role=option][aria-selected=true]').textContent();
    expect(chosen).not.toBe(first);
    expect(chosen).toContain('Standard query response');
    await page.getByRole('button', { name: /^Response to: / }).click();
    expect(await page.locator('[role=option][aria-selected=true]').textContent()).toBe(first);
    await page.locator('#pane').focus();
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('w')]);
    const file = readFileSync(await download.path());
    expect(file.readUInt32LE(0)).toBe(0x0a0d0d0a);
  });

  test('a wrong filter says where', async () => {
    await visit('visit-website', '#lang=en&view=packets');
    await page.locator('#filter').fill('tcp.prot == 80');
    const problem = page.locator('#filter-problem');
    expect(await problem.textContent()).toMatch(/tcp\.prot.*did you mean tcp\.port/s);
    await page.locator('#filter').fill('tcp.port == 80');
    expect(await problem.textContent()).toBe('');
  });

  test('arrow keys choose, a stream is followed, a field becomes a filter', async () => {
    await visit('visit-website', '#lang=en&view=packets');
    await page.getByRole('button', { name: 'http', exact: true }).click();
    const list = page.getByRole('listbox');
    await list.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await list.getAttribute('aria-activedescendant')).toMatch(/-1$/);
    await page.getByRole('button', { name: 'Follow stream' }).click();
    expect(await page.locator('#filter').inputValue()).toMatch(/^tcp\.stream == \d+$/);
    await page.locator('.layers summary', { hasText: 'Internet Protocol' }).click();
    await page.getByRole('button', { name: /^Time to Live: / }).focus();
    await page.getByRole('button', { name: 'Field as filter' }).click();
    expect(await page.locator('#filter').inputValue()).toMatch(/^ip\.ttl == \d+$/);
    await page.getByRole('button', { name: 'On the ladder' }).click();
    expect(await tab()).toBe('Ladder');
    await page.locator('[role=option][aria-selected=true]').waitFor();
  });
});

describe('a lost segment', () => {
  test('the ladder, where it is lost, and absolute numbers', async () => {
    await visit('one-lost-packet', '#lang=en&view=ladder');
    await page.getByRole('button', { name: /Packet 37 is lost/ }).click();
    await page.locator('.arrow.lost .cross').first().waitFor();
    const current = page.locator('.row.now svg');
    const relative = await current.getAttribute('aria-label');
    await page.getByLabel('absolute').check();
    expect(await address('seq')).toBe('absolute');
    const absolute = await current.getAttribute('aria-label');
    expect(absolute).not.toBe(relative);
    expect(absolute).toMatch(/seq=\d{7,}/);
    expect(await page.locator('.ladder-head .host').allTextContents()).toEqual([
      'laptopESTABLISHED',
      'gw',
      'webESTABLISHED',
    ]);
  });

  test('the curve falls: the duplicate ACKs before it flash, with the values', async () => {
    await visit('one-lost-packet', '#lang=en&view=plots');
    await page.locator('.fall').first().hover();
    const why = page.locator('.falls p');
    expect(await why.textContent()).toMatch(/duplicate ACKs came before: .*Packet \d+/);
    const acks = await why.getByRole('button').count();
    expect(acks).toBeGreaterThanOrEqual(2);
    expect(await page.locator('figure').first().locator('.heard').count()).toBe(acks);
    await page.locator('.fall').first().click();
    expect(await instant()).toBeCloseTo(0.29574992, 6);
    await why.getByRole('button').first().click();
    expect(await tab()).toBe('Ladder');
    expect(await page.locator('[role=option][aria-selected=true]').innerHTML()).toContain('{duplicate ack}');
  });
});

describe('a deadlock', () => {
  test('lanes: drag over the grey part, the table has its sums, arrows lead to the release', async () => {
    await visit('noodles-and-forks', '#lang=en');
    expect(await tab(), 'where no frame is ever sent, the threads come first').toBe('Lanes');
    const track = (await page.locator('.track').boundingBox())!;
    await page.mouse.move(track.x + 300, track.y + 30);
    await page.mouse.down();
    await page.mouse.move(track.x + 400, track.y + 30, { steps: 4 });
    await page.mouse.up();
    expect(await page.locator('.marked').count()).toBe(1);
    const [from, to] = (await address('area'))!.split('-').map(Number);
    expect(from).toBeLessThan(to!);
    const shares = (await page.locator('.sum td').allTextContents())
      .filter((text) => text.endsWith('%'))
      .map(Number.parseFloat);
    expect(Math.abs(shares.reduce((sum, each) => sum + each, 0) - 100)).toBeLessThan(3);
    await page.getByRole('button', { name: /^Longest wait: / }).click();
    const began = await instant();
    await page.locator('.flows path').first().waitFor({ state: 'attached' });
    await page.keyboard.press(']');
    expect(await instant()).toBeGreaterThan(began);
    await page.keyboard.press('z');
    expect(await address('zoom')).toBe(`${from}-${to}`);
    await page.keyboard.press('0');
    expect(await address('zoom')).toBe(null);
  });
});
