/** Opening the viewer, inputs to it, files of it and the frames of its playing, each with what the page's thread had to do for it. */
import type { Browser, Page } from 'playwright-core';
import { MARK, MainThread, type Stretch } from './main-thread.ts';
import type { Opened, Pages } from './pages.ts';

/** From nothing until the viewer is there. */
export async function opening(pages: Pages, url: string): Promise<{ readonly opened: Opened; readonly cost: Stretch }> {
  let opened: Opened | undefined;
  const thread = await MainThread.while(pages.browser, async () => {
    opened = await pages.open(url);
    await opened.page.evaluate(`performance.mark('${MARK}from', { startTime: 0 }); performance.mark('${MARK}there')`);
  });
  return { opened: opened!, cost: thread.between('from', 'there') };
}

/** A file by the command that is typed: its path, and what it cost. */
export async function fileOf(
  browser: Browser,
  page: Page,
  typed: string,
): Promise<{ readonly path: string; readonly cost: Stretch }> {
  const mark = (name: string): Promise<unknown> => page.evaluate(`performance.mark('${MARK}${name}')`);
  let path = '';
  const thread = await MainThread.while(browser, async () => {
    await mark('from');
    const there = page.waitForEvent('download', { timeout: 300_000 });
    await page.keyboard.press('?');
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
    const file = await there;
    await mark('there');
    path = await file.path();
  });
  return { path, cost: thread.between('from', 'there') };
}

/** In the page: marks before each input, when the scripts that it set off are done, and when the next frame is on the screen. */
const TIMED = `async (inputs) => {
  const task = () => new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
  const mark = (what, i) => performance.mark('${MARK}' + what + ' ' + i);
  for (const [i, input] of inputs.entries()) {
    await task();
    mark('input', i);
    input();
    await task();
    mark('done', i);
    await new Promise((done) => requestAnimationFrame(() => task().then(done)));
    mark('shown', i);
  }
}`;

/** The slider at a part of the run, and a key: as the page's own scripts see them. */
export function slide(part: number): string {
  return `() => {
    const slider = document.querySelector('input[type=range]');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(slider, ${Math.round(part * 100_000)});
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }`;
}

export function press(key: string): string {
  return `() => window.dispatchEvent(new KeyboardEvent('keydown', { key: ${JSON.stringify(key)}, bubbles: true }))`;
}

export interface Costs {
  readonly work: readonly Stretch[];
  readonly shown: readonly Stretch[];
}

export async function timed(browser: Browser, page: Page, inputs: readonly string[]): Promise<Costs> {
  const thread = await MainThread.while(browser, () => page.evaluate(`(${TIMED})([${inputs}])`));
  return {
    work: inputs.map((_, i) => thread.between(`input ${i}`, `done ${i}`)),
    shown: inputs.map((_, i) => thread.between(`input ${i}`, `shown ${i}`)),
  };
}

/** From each frame to the next. */
export async function frames(browser: Browser, page: Page, ms: number): Promise<readonly Stretch[]> {
  let count = 0;
  const thread = await MainThread.while(browser, async () => {
    count = await page.evaluate<number>(`new Promise((done) => {
      let frames = 0;
      const end = performance.now() + ${ms};
      requestAnimationFrame(function look(now) {
        performance.mark('${MARK}frame ' + frames++);
        if (now < end) requestAnimationFrame(look);
        else done(frames);
      });
    })`);
  });
  return Array.from({ length: count - 1 }, (_, i) => thread.between(`frame ${i}`, `frame ${i + 1}`));
}
