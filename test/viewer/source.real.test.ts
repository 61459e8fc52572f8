/** Beneath the lanes, in a real browser: the line of each thread moves with the cursor, either way; stacks; queues of event loops; who acts is in sight among many lanes; a recording without lines says so. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordLab } from '../recording/recorded.ts';
import { addressOf, moveTo } from './moments.ts';
import { type Opened, Pages } from './pages.ts';
import { recordedByCommand } from './recorded-by-command.ts';

let pages: Pages;
let opened: Opened | undefined;
let page: Page;

beforeAll(async () => {
  pages = await Pages.start();
});
afterAll(() => pages.close());

async function show(url: string): Promise<void> {
  if (opened !== undefined) await pages.leave(opened);
  opened = await pages.open(url);
  ({ page } = opened);
}

async function visit(name: string, ...set: readonly string[]): Promise<void> {
  await show(`${pages.write(name, recordedByCommand(name, ...set))}#lang=en&view=lanes`);
}

const source = () => page.getByRole('region', { name: /^(Source|源代码)$/ });
const current = async (): Promise<string> => {
  const code = page.locator('.listing [aria-current=step] code');
  return (await code.count()) === 0 ? '' : (await code.textContent())!.trim();
};
const stack = (): Promise<string[]> => page.locator('.stack button').allTextContents();
const where = async (): Promise<string> => (await page.locator('.source .choices .meta').textContent())!;

/** The place of the lane whose name ends so. */
async function laneOf(name: string): Promise<string> {
  return (await source().getByRole('combobox').locator('option', { hasText: name }).first().getAttribute('value'))!;
}

/** Enough for the shell, the interpreter's start, and the beginning of the lab's own program. */
const STEPS = 70;

describe('two threads and a lock', () => {
  beforeAll(() => visit('locks'));

  test('the line moves with each step, and back', async () => {
    await moveTo(page, `t=0&lang=en&view=lanes&thread=${await laneOf('second[2]')}`);
    expect(await source().textContent()).toContain('It has made no call yet');
    const forward: string[] = [];
    for (let i = 0; i < STEPS; i++) {
      await page.keyboard.press('j');
      forward.push(`${await where()} ${await current()}`);
    }
    expect(new Set(forward).size).toBe(STEPS);
    const main = forward.filter((line) => line.includes('labs/src/locks/programs.ts'));
    expect(main.join('\n')).toMatch(/Lock\.create\(py, { label: 'held' }\)[\s\S]*startThreads\(/);
    const back: string[] = [forward.at(-1)!];
    for (let i = 1; i < STEPS; i++) {
      await page.keyboard.press('J');
      back.push(`${await where()} ${await current()}`);
    }
    expect(back.reverse()).toEqual(forward);
  });

  test('an event forward moves it too', async () => {
    await moveTo(page, `t=0&lang=en&view=lanes&thread=${await laneOf('second[2]')}`);
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('ArrowRight');
      seen.add(await where());
    }
    expect(seen.size).toBeGreaterThan(2);
  });

  test('one waits for the lock on its line, the other sleeps on another; the address names the thread', async () => {
    await moveTo(page, 't=150000000&lang=en&view=lanes');
    await page.getByRole('button', { name: /second\[2\/\d+ second\]/ }).click();
    expect(await current()).toBe('await lock.acquire();');
    expect((await addressOf(page)).get('thread')).toBe(await laneOf('second]'));
    const holder = page.locator('.listing li', { hasText: 'await py.sleep(0.5);' });
    expect(await holder.locator('.on-line').textContent()).toMatch(/^S also here: \d+ holder$/);
    expect((await stack()).map((each) => each.split(' ')[0])).toEqual(['acquire', 'want', 'runThread', 'runEntry']);
    await page.locator('.stack button').first().click();
    expect(await page.locator('.listing h3').textContent()).toBe('userland/src/runtimes/threading/lock.ts');
    expect(await current()).toContain('mutex_lock(this.id');
    expect(await page.locator('.listing .skipped').count()).toBeGreaterThan(0);
    // What was looked at in another stack is not looked at in this one.
    await page.keyboard.press('j');
    expect(await page.locator('.listing h3').textContent()).toBe('labs/src/locks/programs.ts');
  });

  test('who opens the link sees the same thread, in Chinese too', async () => {
    const thread = await laneOf('second]');
    await show(`${page.url().split('#')[0]}#t=150000000&view=lanes&lang=zh&thread=${thread}`);
    expect(await where()).toMatch(/：labs\/src\/locks\/programs\.ts 第 \d+ 行 · 第 \d+ 次调用，共 \d+ 次$/);
    expect(await current()).toBe('await lock.acquire();');
    expect(await source().getByRole('combobox').inputValue()).toBe(thread);
  });

  test('few lanes are never cut off', async () => {
    const { scrollHeight, clientHeight } = await page
      .locator('.lane-box')
      .evaluate((element) => ({ scrollHeight: element.scrollHeight, clientHeight: element.clientHeight }));
    expect(clientHeight).toBe(scrollHeight);
    expect(await page.locator('.lane-box').getAttribute('tabindex')).toBe(null);
  });

  test('whoever acts is followed where nobody was chosen', async () => {
    await moveTo(page, 't=1090000&lang=en&view=lanes');
    const names = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('j');
      names.add((await where()).split(': ')[0]!);
    }
    expect(names.size).toBeGreaterThan(2);
    expect(opened!.complaints).toEqual([]);
  });
});

describe('more lanes than fit', () => {
  beforeAll(() => visit('noodles-and-forks'));

  const LANES = 30;
  const LANE_PIXELS = 24;
  const box = () => page.getByRole('region', { name: 'All threads' });
  /** Top and bottom of what is seen of an element: in the box of the lanes, or below it in the pane. */
  const edges = (selector: string) =>
    page.evaluate<{ readonly top: number; readonly bottom: number }>(
      `(({ top, bottom }) => ({ top, bottom }))(document.querySelector('${selector}').getBoundingClientRect())`,
    );

  async function seesBoth(): Promise<void> {
    const [pane, lanes, lane, line] = await Promise.all(
      ['.lanes', '.lane-box', '.track [aria-current=step]', '.listing [aria-current=step]'].map(edges),
    );
    expect(lane!.top).toBeGreaterThanOrEqual(lanes!.top - 1);
    expect(lane!.bottom).toBeLessThanOrEqual(lanes!.bottom + 1);
    expect(lanes!.top).toBeGreaterThanOrEqual(pane!.top - 1);
    expect(line!.top).toBeGreaterThanOrEqual(lanes!.bottom - 1);
    expect(line!.bottom).toBeLessThanOrEqual(pane!.bottom + 1);
  }

  /** The name of the lane that is marked. */
  async function marked(): Promise<string> {
    const row = await page.evaluate<number>(
      `Number.parseFloat(document.querySelector('.track [aria-current=step]').style.top) / ${LANE_PIXELS}`,
    );
    return (await source().locator(`option[value="${row}"]`).textContent())!;
  }

  test('one that is chosen is brought in sight; by keys one gets to the others', async () => {
    const last = String(LANES - 1);
    await moveTo(page, `t=9600000000&lang=en&view=lanes&thread=${last}`);
    expect(await marked()).toBe(await source().locator(`option[value="${last}"]`).textContent());
    const down = (): Promise<number> => box().evaluate(({ scrollTop }) => scrollTop);
    await expect.poll(down).toBeGreaterThan(0);
    const whole = await box().evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
    expect(await down()).toBe(whole);
    await box().focus();
    await page.keyboard.press('PageUp');
    await expect.poll(down).toBeLessThan(whole);
  });

  test('instants and areas are where the pointer is, however far one has scrolled', async () => {
    await moveTo(page, 't=0&lang=en&view=lanes');
    const { x, y } = (await box().boundingBox())!;
    const instants: string[] = [];
    for (const down of [0, 400]) {
      await box().evaluate((element, top) => element.scrollTo({ top }), down);
      await page.mouse.click(x + 500, y + 100);
      instants.push(await page.locator('#time-box').inputValue());
    }
    expect(instants[0]).toBe(instants[1]);
    await box().evaluate((element) => element.scrollTo({ top: 400 }));
    await page.mouse.move(x + 400, y + 100);
    await page.mouse.down();
    await page.mouse.move(x + 500, y + 100, { steps: 3 });
    await page.mouse.up();
    expect((await addressOf(page)).get('area')).toMatch(/^\d+-\d+$/);
    const area = (await page.locator('.marked').boundingBox())!;
    expect([Math.round(area.x - x), Math.round(area.width)]).toEqual([400, 100]);
    expect(area.height).toBe(LANES * LANE_PIXELS);
  });

  test('a picture of the pane has all of them', async () => {
    await page.keyboard.press('?');
    await page.keyboard.type('pane as PNG');
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const { scrollHeight, clientHeight } = await box().evaluate((element) => ({
      scrollHeight: element.scrollHeight,
      clientHeight: element.clientHeight,
    }));
    const pane = await page.locator('.lanes').evaluate((element) => element.scrollHeight);
    // After the signature and the length and type of the header come width and height: PNG specification, section 11.2.1.
    const high = readFileSync(await file.path()).readUInt32BE(20);
    expect(high).toBeGreaterThanOrEqual(pane + scrollHeight - clientHeight);
  });

  test.each([
    [1440, 900],
    [1024, 768],
    [390, 844],
  ])('in %i by %i pixels the thread that acts and its line are in sight at once', async (width, height) => {
    await page.setViewportSize({ width, height });
    const seen = new Set<string>();
    for (let atNs = 0; atNs < 9_600_000_000; atNs += 1_500_000_000) {
      await moveTo(page, `t=${atNs}&lang=en&view=lanes`);
      for (let i = 0; i < 4; i++) {
        await page.keyboard.press('j');
        await seesBoth();
        expect((await where()).split(': ')[0]).toBe(await marked());
        seen.add(await marked());
      }
    }
    // More than fit: it has scrolled.
    expect([...seen].some((name) => /noodles\[2[27]/.test(name))).toBe(true);
    expect(seen).toContain('machine noodles[2]');
    expect(opened!.complaints).toEqual([]);
  });
});

test('who acts is there among more lanes than are drawn', async () => {
  await visit('threads-and-cores');
  const below = page.locator('.left-out');
  let drawn = 0;
  const left: string[] = [];
  // More than a hundred threads have come and gone by the second.
  for (const atNs of [0, 1_113_000_000]) {
    await moveTo(page, `t=${atNs}&lang=en&view=lanes`);
    for (let i = 0; i < 10; i++) {
      await page.keyboard.press('j');
      const name = (await where()).split(': ')[0]!;
      if (!(await below.isVisible())) drawn += await page.locator('.track [aria-current=step]').count();
      else left.push(`${name} ${await below.getByRole('img').getAttribute('aria-label')}`);
    }
  }
  expect(left.length).toBeGreaterThan(0);
  expect(drawn).toBe(20 - left.length);
  for (const each of left) expect(each).toMatch(/^(.+) \1$/);
  expect(opened!.complaints).toEqual([]);
});

describe('event loops', () => {
  test('what is ready, what waits for a time, what for a descriptor; callbacks move from one to the other', async () => {
    await visit('event-loop');
    const queues = page.getByRole('region', { name: 'Event loop (asyncio)' });
    const seen: string[] = [];
    await moveTo(page, 't=0&lang=en&view=lanes');
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('j');
      if ((await queues.count()) > 0) seen.push((await queues.locator('p, h4, li').allTextContents()).join(' '));
    }
    const all = seen.join('\n');
    expect(all).toMatch(/Ready \(2\) first second Timers \(3\) timer 20: in [\d.]+ms timer 50: in [\d.]+ms/);
    expect(all).toMatch(/Runs now: first Ready \(1\) second [\s\S]*Runs now: second Ready \(1\) added/);
    expect(all).toContain('Waiting for I/O (1) descriptor 4, read: datagram');
    expect(opened!.complaints).toEqual([]);
  });

  test('a task that is suspended has a line and a stack of its own', async () => {
    await visit('asyncio');
    await moveTo(page, 't=150000000&lang=en&view=lanes&thread=0');
    await page.getByRole('button', { name: 'Task-2' }).click();
    expect(await current()).toBe('await sleep(loop, ms * MS);');
    expect((await stack()).slice(0, 3).map((each) => each.split(' ')[0])).toEqual(['suspend', 'wait', 'sleep']);
    expect((await addressOf(page)).get('thread')).toBe('0.Task-2');
    // Names beside lines that lie below the listing's edge make the page no longer.
    expect(await page.locator('.listing .on-line').count()).toBeGreaterThan(0);
    expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
    await page.getByRole('button', { name: 'Back to the thread' }).click();
    expect((await stack())[0]).toMatch(/^wait runtimes\/readiness\.ts:/);
    expect(opened!.complaints).toEqual([]);
  });
});

test('a recording without lines says so, and how to make one', async () => {
  await show(`${pages.write('without', await recordLab('locks'))}#lang=en&view=lanes`);
  expect(await source().textContent()).toContain('no source lines; record it with netarium run locks --html FILE');
  expect(await page.locator('.listing').count()).toBe(0);
  await page.keyboard.press('j');
  expect(await page.locator('#time-box').inputValue()).toBe('0.000000000');
  await moveTo(page, 'lang=zh&view=lanes');
  expect(await source().textContent()).toContain('这份记录没有源代码行');
  expect(opened!.complaints).toEqual([]);
});
