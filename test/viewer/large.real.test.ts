/**
 * Recordings of a size that no lab has. Levels are held by the CPU time of the page's thread, which a busy machine does not change much; what passes on the
 * clock is bench/viewer's to tell.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { encodeRecording } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Size, synthetic } from '../../bench/viewer/synthetic.ts';
import { type Costs, fileOf, frames, opening, press, slide, timed } from './inputs.ts';
import { Pages } from './pages.ts';
import { recordedByCommand } from './recorded-by-command.ts';

const STEP_MS = 16;
const SEEK_MS = 200;
const FRAME_MS = 100;
/** A task of a page that opens takes 70 to 110 ms, by who shares the core. */
const OPENING_MS = 200;
/** In rows of 26 pixels higher than any browser draws. */
const EVENTS = 700_000;

let pages: Pages;
beforeAll(async () => {
  pages = await Pages.start();
});
afterAll(() => pages.close());

async function opened(size: Size, address: string): Promise<Page> {
  const packed = gzipSync(encodeRecording(synthetic(size)), { level: 1 });
  const { page, complaints } = await pages.open(`${pages.write(address, packed)}#${address}&lang=en`);
  expect(complaints).toEqual([]);
  return page;
}

/** The one in the middle when they are sorted. */
function middleOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** A collection of garbage falls on some task or other, and who shares the core slows it: what is not below its level is measured again. */
const TRIES = 3;

/** Of the tries that it takes to be below a level the least. */
async function least(level: number, measured: (again: number) => Promise<number>): Promise<number> {
  let found = Number.POSITIVE_INFINITY;
  for (let again = 0; again < TRIES && found >= level; again++) found = Math.min(found, await measured(again));
  return found;
}

const STEPS = 30;

/** CPU time of the scripts of each step, and until it is shown. */
interface Steps {
  readonly work: readonly number[];
  readonly shown: readonly number[];
}

/** Steps forward; unless that is good, the same ones back and forth again: of each the least counts. */
async function steps(page: Page, isGood: (steps: Steps) => boolean): Promise<Steps> {
  let found: Steps = { work: [], shown: [] };
  for (let again = 0; again < TRIES && (again === 0 || !isGood(found)); again++) {
    const [key, to] = again % 2 === 0 ? ['ArrowRight', 1] : ['ArrowLeft', -1];
    const { work, shown } = await timed(pages.browser, page, Array<string>(STEPS).fill(press(key)));
    const less = (before: readonly number[], now: Costs['work']): number[] =>
      now.map((_, i) => Math.min(before[i] ?? Number.POSITIVE_INFINITY, now.at(to > 0 ? i : -1 - i)!.cpu));
    found = { work: less(found.work, work), shown: less(found.shown, shown) };
  }
  return found;
}

/** The dearest of jumps all over the run. */
async function seeking(page: Page): Promise<number> {
  const parts = Array.from({ length: 10 }, (_, i) => ((i * 61) % 100) / 100);
  const { shown } = await timed(pages.browser, page, [1, ...parts].map(slide));
  return Math.max(...shown.map(({ cpu }) => cpu));
}

describe('700,000 events', { timeout: 180_000 }, () => {
  let page: Page;
  beforeAll(async () => {
    page = await opened({ machines: 300, packets: 20_000, events: EVENTS, moving: 50 }, 't=0&view=events');
  }, 180_000);

  /** Rows that lie within the list as it is seen, by their place. */
  const seen = (): Promise<number[]> =>
    page.evaluate<number[]>(`(() => {
      const box = document.querySelector('.scroller').getBoundingClientRect();
      return [...document.querySelectorAll('.row')].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top >= box.top - 1 && bottom <= box.bottom + 1;
      }).map((row) => Number(row.ariaPosInSet)).sort((a, b) => a - b);
    })()`);

  test('the last row of a list that is higher than any element can be, the first, and those around an instant', async () => {
    await page.keyboard.press('End');
    await expect.poll(async () => (await seen()).at(-1)).toBe(EVENTS);
    await page.keyboard.press('Home');
    await expect.poll(async () => (await seen())[0]).toBe(1);
    for (const part of [0.7, 0.3, 0.500_01]) {
      await page.evaluate(`(${slide(part)})()`);
      await expect.poll(() => page.evaluate('document.querySelectorAll(".row.later").length > 0')).toBe(true);
      const rows = await seen();
      // One after the other, without a hole.
      expect(rows.map((row) => row - rows[0]!)).toEqual(rows.map((_, i) => i));
      const last = await page.evaluate<number>(
        'Math.max(...[...document.querySelectorAll(".row:not(.later)")].map((row) => Number(row.ariaPosInSet)))',
      );
      expect(rows).toContain(last);
    }
  });

  test('a row is chosen by keys, and stays in sight', async () => {
    await page.locator('.row').nth(12).click();
    const first = await page.locator('.row[aria-selected=true]').getAttribute('aria-posinset');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('ArrowUp');
    const chosen = Number(await page.locator('.row[aria-selected=true]').getAttribute('aria-posinset'));
    expect(chosen).toBe(Number(first) + 39);
    expect(await seen()).toContain(chosen);
  });

  test.each(['topology', 'packets', 'events'])('%s: seeking and stepping', async (view) => {
    await page.evaluate(`location.hash = '#t=0&view=${view}&sel=machine.m0&lang=en'`);
    await page.waitForTimeout(1000);
    expect(await least(SEEK_MS, () => seeking(page))).toBeLessThan(SEEK_MS);
    const light = STEP_MS / 4;
    const { work } = await steps(page, (each) => middleOf(each.work) < light && Math.max(...each.work) < STEP_MS);
    expect(middleOf(work)).toBeLessThan(light);
    expect(Math.max(...work)).toBeLessThan(STEP_MS);
  });
});

/** The page as it is when it is opened: nothing of another view was made yet. */
async function afresh(page: Page): Promise<void> {
  await page.evaluate("location.hash = '#lang=en'");
  await page.reload();
  await page.locator('.viewer').waitFor();
}

describe.each([
  ['multiplexing', 'clients=300', ['ladder', 'ladder&scale=time', 'plots'], ['as SVG: cwnd', 'as SVG: sequence']],
  ['threads-and-cores', 'threads=64', ['lanes', 'lanes&thread=40'], ['Chrome trace']],
] as const)('%s with much of everything', { timeout: 180_000 }, (lab, set, views, files) => {
  let recording: Recording;
  let url = '';
  beforeAll(async () => {
    recording = recordedByCommand(lab, set);
    url = pages.write(lab, recording);
  }, 120_000);

  /** The longest task while it is opened, in ms of CPU time. */
  async function busiest(): Promise<number> {
    const { opened, cost } = await opening(pages, `${url}#view=${views.at(-1)}&lang=en`);
    await opened.page.context().close();
    // There was work for more than one turn.
    expect(cost.cpu).toBeGreaterThan(FRAME_MS);
    return cost.busiest!.cpu;
  }

  test('the page is alive while it is read', async () => {
    expect(await least(OPENING_MS, busiest)).toBeLessThan(OPENING_MS);
  });

  test('and while files are made of it', async () => {
    const { page } = await pages.open(`${url}#view=${views[0]}&lang=en`);
    for (const typed of files) {
      const made = async (): Promise<number> => (await fileOf(pages.browser, page, typed)).cost.busiest!.cpu;
      expect(await least(FRAME_MS, made), typed).toBeLessThan(FRAME_MS);
    }
    await page.context().close();
  });

  test('seeking and stepping in what it has much of', async () => {
    const { page, complaints } = await pages.open(`${url}#lang=en`);
    for (const view of views) {
      const hash = `#t=${Math.floor(recording.endNs / 2)}&view=${view}&lang=en`;
      const changing = async (again: number): Promise<number> => {
        if (again > 0) await afresh(page);
        // What the view is drawn from was made while the page had nothing else to do.
        await page.waitForTimeout(1000);
        const [change] = (await timed(pages.browser, page, [`() => { location.hash = '${hash}'; }`])).shown;
        return change!.busiest!.cpu;
      };
      expect(await least(FRAME_MS, changing), view).toBeLessThan(FRAME_MS);
      await page.waitForTimeout(1000);
      expect(await least(SEEK_MS, () => seeking(page)), view).toBeLessThan(SEEK_MS);
      const { work, shown } = await steps(
        page,
        (each) => middleOf(each.shown) < STEP_MS && Math.max(...each.work) < STEP_MS,
      );
      expect(middleOf(shown), view).toBeLessThan(STEP_MS);
      expect(Math.max(...work), view).toBeLessThan(STEP_MS);
    }
    expect(complaints).toEqual([]);
  });
});

describe('60,000 packets as a file', { timeout: 120_000 }, () => {
  const PACKETS = 60_000;
  const CSV = 'packets as CSV';
  let page: Page;
  beforeAll(async () => {
    page = await opened({ machines: 20, packets: PACKETS, events: 100, moving: 50 }, 't=0');
  }, 120_000);

  async function wanted(): Promise<void> {
    await page.keyboard.press('?');
    await page.keyboard.type(CSV);
    await page.keyboard.press('Enter');
  }

  test('the page stays alive while it is made, and every packet is in it', async () => {
    const capture = async (): Promise<number> =>
      (await fileOf(pages.browser, page, 'Download pcapng')).cost.busiest!.cpu;
    expect(await least(FRAME_MS, capture)).toBeLessThan(FRAME_MS);
    let path = '';
    const list = async (): Promise<number> => {
      const made = await fileOf(pages.browser, page, CSV);
      path = made.path;
      // There was work for more than one turn.
      expect(made.cost.cpu).toBeGreaterThan(FRAME_MS);
      return made.cost.busiest!.cpu;
    };
    expect(await least(FRAME_MS, list)).toBeLessThan(FRAME_MS);
    const numbers = readFileSync(path, 'latin1')
      .split('\r\n')
      .slice(1, -1)
      .map((line) => Number.parseInt(line, 10));
    expect(numbers).toEqual(Array.from({ length: PACKETS }, (_, i) => i + 1));
    expect(await page.locator('.making').count()).toBe(0);
  });

  test('how far it is can be seen, time goes on, and it can be given up', async () => {
    let files = 0;
    page.on('download', () => files++);
    await wanted();
    await page.getByRole('progressbar', { name: 'synthetic.csv' }).waitFor();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#time-box').inputValue()).not.toBe('0.000000000');
    // A click of the mouse would wait until nothing moves any more.
    await page.getByRole('button', { name: 'Cancel' }).dispatchEvent('click');
    await expect.poll(() => page.locator('.making').count()).toBe(0);
    const [file] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), wanted()]);
    expect([file.suggestedFilename(), files]).toEqual(['synthetic.csv', 1]);
  });
});

test('300 machines, 2,000 packets under way, playing: what a frame costs', { timeout: 60_000 }, async () => {
  const page = await opened({ machines: 300, packets: 42_000, events: 2_000, moving: 2_000 }, 't=20000000');
  await page.keyboard.press(' ');
  await page.waitForTimeout(1000);
  let middle = Number.POSITIVE_INFINITY;
  const dearest = await least(FRAME_MS, async () => {
    const played = (await frames(pages.browser, page, 1500)).map(({ cpu }) => cpu);
    middle = Math.min(middle, middleOf(played));
    return Math.max(...played);
  });
  expect(middle).toBeLessThan(1000 / 30 / 2);
  expect(dearest).toBeLessThan(FRAME_MS);
});
