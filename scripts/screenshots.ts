/**
 * Pictures of every view of the viewer, and of what lies over them, light and dark, in both languages, for people to look at.
 *
 *     npx tsx scripts/screenshots.ts [DIR] [LAB …]
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Pages } from '../test/viewer/pages.ts';
import { recordedByCommand } from '../test/viewer/recorded-by-command.ts';

const [target = 'screenshots', ...named] = process.argv.slice(2);
const labs = named.length > 0 ? named : ['visit-website', 'one-lost-packet', 'noodles-and-forks'];
const VIEWS = ['topology', 'packets', 'ladder', 'plots', 'lanes', 'events'];

mkdirSync(target, { recursive: true });
const pages = await Pages.start();
for (const lab of labs) {
  const url = pages.write(lab, recordedByCommand(lab));
  for (const language of ['en', 'zh'])
    for (const theme of ['light', 'dark']) {
      const { page, complaints } = await pages.open(`${url}#t=0&lang=${language}&theme=${theme}`);
      await pictures(page, (name) => join(target, `${lab}-${name}-${language}-${theme}.png`));
      for (const complaint of complaints) console.log(`${lab}: ${complaint}`);
      await page.context().close();
    }
}
await pages.close();

async function pictures(page: Page, file: (name: string) => string): Promise<void> {
  const take = async (name: string): Promise<void> => {
    await page.waitForTimeout(150);
    await page.screenshot({ path: file(name) });
  };
  // A few moments in, where something is chosen: that is where pages get crowded.
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('b');
  await page.keyboard.press('2');
  const seen = page.locator('.packet-row:not(.later):not(.head)');
  const packets = (await seen.count()) > 0;
  if (packets) await seen.last().click();
  for (const [i, view] of VIEWS.entries()) {
    await page.keyboard.press(String(i + 1));
    if (view === 'packets' && packets) await page.locator('.layers > details > summary').last().click();
    await take(view);
  }
  await page.keyboard.press('3');
  await page.locator('.transport select').nth(1).selectOption('time');
  await take('ladder-time');
  await page.locator('.transport select').nth(1).selectOption('events');
  await page.keyboard.press('1');
  await page.locator('.machine').last().click();
  const part = page.locator('.details li .explainable');
  if ((await part.count()) > 0) await part.last().click();
  await take('explained');
  await page.keyboard.press('m');
  await take('menu');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await take('commands');
}
