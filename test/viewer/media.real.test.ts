/** What the person's system asks for or has, in a real browser: no motion, its own few colours, a small screen. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordLab } from '../recording/recorded.ts';
import { Pages } from './pages.ts';

let pages: Pages;
let url: string;

beforeAll(async () => {
  pages = await Pages.start();
  url = pages.write('lab', await recordLab('one-lost-packet'));
});
afterAll(() => pages.close());

const instant = async (page: Page): Promise<number> => Number(await page.locator('#time-box').inputValue());

describe('reduced motion', () => {
  test('playing goes from event to event, each an instant at which something happens, with rests in between', async () => {
    const opened = await pages.open(`${url}#lang=en&t=240000000&view=topology`, { reducedMotion: 'reduce' });
    const { page } = opened;
    const steps: number[] = [];
    let at = await instant(page);
    await page.keyboard.press('ArrowRight');
    for (let i = 0; i < 4; i++) {
      steps.push(await instant(page));
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Home');
    await page.evaluate(`location.hash = '#lang=en&t=240000000&view=topology'`);
    await expect.poll(() => instant(page)).toBe(0.24);
    await page.keyboard.press(' ');
    const seen: number[] = [];
    const until = Date.now() + 8000;
    while (seen.length < 3 && Date.now() < until) {
      const now = await instant(page);
      if (now !== at) seen.push((at = now));
      await page.waitForTimeout(40);
    }
    await page.keyboard.press(' ');
    // A slow machine may look away for a step, never see an instant between two.
    expect(seen.length).toBe(3);
    for (const each of seen.slice(0, 1)) expect(steps).toContain(each);
    await pages.leave(opened);
  });

  test('nothing moves of itself: no transition, no animation', async () => {
    const opened = await pages.open(`${url}#lang=en&t=295749920&view=ladder&sel=pkt.37`, { reducedMotion: 'reduce' });
    const moving = await opened.page.evaluate<number>('document.getAnimations().length');
    expect(moving).toBe(0);
    await pages.leave(opened);
  });
});

describe('forced colours', () => {
  test.each(['light', 'dark'] as const)('%s: pictures take the system’s colours, and stay visible', async (scheme) => {
    const opened = await pages.open(`${url}#lang=en&t=295749920&view=topology&sel=machine.web`, {
      forcedColors: 'active',
      colorScheme: scheme,
    });
    const { page } = opened;
    const [text, background] = await page.evaluate<[string, string]>(`(() => {
      const probe = document.createElement('div');
      probe.style.cssText = 'color: CanvasText; background: Canvas';
      document.body.append(probe);
      const { color, backgroundColor } = getComputedStyle(probe);
      probe.remove();
      return [color, backgroundColor];
    })()`);
    expect(text).not.toBe(background);
    // Packets on the cables: painted in the text's colour, of which the canvas has many points.
    const painted = (): Promise<number> =>
      page.evaluate<number>(`(() => {
      const canvas = document.querySelector('.topology canvas');
      // Read from a copy: the browser remarks on a canvas that is read again and again.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      const wanted = ${JSON.stringify(text)}.match(/\\d+/g).map(Number);
      let count = 0;
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 200 && [0, 1, 2].every((c) => Math.abs(data[i + c] - wanted[c]) < 8)) count++;
      return count;
    })()`);
    await expect.poll(painted).toBeGreaterThan(100);
    for (const view of ['2', '3', '4', '5', '6']) await page.keyboard.press(view);
    const chosen = page.locator('.row[aria-selected="true"]');
    await page.keyboard.press('2');
    const choose = async (): Promise<number> => {
      await page.locator('.row').first().click();
      return chosen.count();
    };
    await expect.poll(choose).toBeGreaterThan(0);
    expect(await chosen.first().evaluate('(row) => getComputedStyle(row).outlineStyle')).not.toBe('none');
    await pages.leave(opened);
  });
});

describe('a small screen', () => {
  const small = { viewport: { width: 390, height: 844 } };
  const OVERLAPS = `(() => {
    const boxes = [...document.querySelectorAll('.machine')].map((each) => each.getBoundingClientRect());
    const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return [boxes.length, boxes.filter((a, i) => boxes.some((b, j) => j > i && over(a, b))).length];
  })()`;

  test('machines have their names beside each other, in the picture', async () => {
    const opened = await pages.open(`${pages.write('visit', await recordLab('visit-website'))}#lang=en`, small);
    await expect.poll(() => opened.page.evaluate(OVERLAPS)).toEqual([10, 0]);
    await pages.leave(opened);
  });

  test('no view is wider, and layers and bytes have all of its width', async () => {
    const opened = await pages.open(`${url}#lang=en&t=297000000&sel=pkt.37`, small);
    const { page } = opened;
    for (const view of ['topology', 'packets', 'ladder', 'plots', 'lanes', 'events']) {
      await page.locator(`#tab-${view}`).click();
      await page.locator(`#tab-${view}[aria-selected=true]`).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth'), view).toBe(390);
    }
    await page.locator('#tab-packets').click();
    for (const part of ['.layers', '.bytes-side'])
      expect((await page.locator(part).boundingBox())!.width, part).toBeGreaterThan(370);
    await page.locator('#tab-events').click();
    expect((await page.locator('.event-row .sentence').first().boundingBox())!.width).toBeGreaterThan(200);
    await pages.leave(opened);
  });
});
