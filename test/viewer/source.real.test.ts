/** Beneath the lanes, in a real browser: the line of each thread moves with the cursor, either way; stacks; queues of event loops; a recording without lines says so. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordLab } from '../recording/recorded.ts';
import { addressOf, moveTo } from './moments.ts';
import { type Opened, Pages } from './pages.ts';
import { recordedByCommand } from './recorded-by-command.ts';

let pages: Pages;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  pages = await Pages.start();
});
afterAll(() => pages.close());

async function visit(name: string, ...set: readonly string[]): Promise<void> {
  opened = await pages.open(`${pages.write(name, recordedByCommand(name, ...set))}#lang=en&view=lanes`);
  ({ page } = opened);
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
    opened = await pages.open(`${page.url().split('#')[0]}#t=150000000&view=lanes&lang=zh&thread=${thread}`);
    ({ page } = opened);
    expect(await where()).toMatch(/：labs\/src\/locks\/programs\.ts 第 \d+ 行 · 第 \d+ 次调用，共 \d+ 次$/);
    expect(await current()).toBe('await lock.acquire();');
    expect(await source().getByRole('combobox').inputValue()).toBe(thread);
  });

  test('whoever acts is followed where nobody was chosen', async () => {
    await moveTo(page, 't=1090000&lang=en&view=lanes');
    const names = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('j');
      names.add((await where()).split(': ')[0]!);
    }
    expect(names.size).toBeGreaterThan(2);
    expect(opened.complaints).toEqual([]);
  });
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
    expect(opened.complaints).toEqual([]);
  });

  test('a task that is suspended has a line and a stack of its own', async () => {
    await visit('asyncio');
    await moveTo(page, 't=150000000&lang=en&view=lanes&thread=0');
    await page.getByRole('button', { name: 'Task-2' }).click();
    expect(await current()).toBe('await sleep(loop, ms * MS);');
    expect((await stack()).slice(0, 3).map((each) => each.split(' ')[0])).toEqual(['suspend', 'wait', 'sleep']);
    expect((await addressOf(page)).get('thread')).toBe('0.Task-2');
    await page.getByRole('button', { name: 'Back to the thread' }).click();
    expect((await stack())[0]).toMatch(/^wait runtimes\/readiness\.ts:/);
    expect(opened.complaints).toEqual([]);
  });
});

test('a recording without lines says so, and how to make one', async () => {
  opened = await pages.open(`${pages.write('without', await recordLab('locks'))}#lang=en&view=lanes`);
  ({ page } = opened);
  expect(await source().textContent()).toContain('no source lines; record it with netarium run locks --html FILE');
  expect(await page.locator('.listing').count()).toBe(0);
  await page.keyboard.press('j');
  expect(await page.locator('#time-box').inputValue()).toBe('0.000000000');
  await moveTo(page, 'lang=zh&view=lanes');
  expect(await source().textContent()).toContain('这份记录没有源代码行');
  expect(opened.complaints).toEqual([]);
});
