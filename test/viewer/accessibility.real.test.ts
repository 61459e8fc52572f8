/**
 * axe-core on every view, light and dark, in both languages: no violation. A language changes words alone and a theme colours alone, so one of each
 * stands beside one of the other, not beside both.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordWithSource } from '../recording/recorded.ts';
import { type Opened, Pages } from './pages.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = ['topology', 'packets', 'ladder', 'plots', 'lanes', 'events'] as const;

let pages: Pages;
let opened: Opened;

async function violations(): Promise<string[]> {
  if (!(await opened.page.evaluate<boolean>("'axe' in window"))) await opened.page.evaluate(AXE);
  const { violations } = await opened.page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

beforeAll(async () => {
  pages = await Pages.start();
  opened = await pages.open(pages.write('lab', await recordWithSource('one-lost-packet')));
});

afterAll(() => pages.close());

describe.each([
  ['light', 'en'],
  ['dark', 'zh'],
])('%s, %s', (theme, language) => {
  test.each([
    ['the list of commands', '?', '.palette'],
    ['a menu', 'm', '.menu'],
    ['a bookmark', 'b', '.bookmarks input'],
  ])('%s has no violation', async (_, key, seen) => {
    const { page } = opened;
    await page.evaluate(
      `location.hash = '#t=295749920&view=topology&lang=${language}&theme=${theme}&sel=machine.web&x=curve.cwnd'`,
    );
    await page.locator('#explained.asked').waitFor();
    await page.keyboard.press(key);
    await page.locator(seen).first().waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('the ladder in linear time has no violation', async () => {
    const { page } = opened;
    await page.evaluate(
      `location.hash = '#t=295749920&view=ladder&scale=time&lang=${language}&theme=${theme}&sel=pkt.37'`,
    );
    await page.locator('.scaled [role=option]').first().waitFor();
    expect(await violations()).toEqual([]);
  });

  test.each(VIEWS)('%s has no violation', async (view) => {
    const { page } = opened;
    await page.evaluate(
      `location.hash = '#t=295749920&view=${view}&lang=${language}&theme=${theme}&sel=pkt.37&area=0-300000000'`,
    );
    await page.getByRole('tab', { selected: true }).waitFor();
    await page.locator(`#tab-${view}[aria-selected=true]`).waitFor();
    expect(await violations()).toEqual([]);
  });
});

describe('more lanes than fit, above their program', () => {
  let url = '';
  beforeAll(async () => {
    url = pages.write('lanes', await recordWithSource('noodles-and-forks'));
  });

  test.each(['light', 'dark'])('%s: no violation', async (theme) => {
    await pages.leave(opened);
    opened = await pages.open(`${url}#t=5605000000&view=lanes&theme=${theme}`);
    await opened.page.locator('.lane-box.many [aria-current=step]').waitFor();
    await opened.page.locator('.listing [aria-current=step]').waitFor();
    expect(await violations()).toEqual([]);
  });
});
