/**
 * Pictures of every view of the viewer, light and dark, in both languages, for people to look at.
 *
 *     npx tsx scripts/screenshots.ts [DIR] [LAB …]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launchBrowser } from '../test/browser.ts';

const [target = 'screenshots', ...named] = process.argv.slice(2);
const labs = named.length > 0 ? named : ['visit-website', 'one-lost-packet', 'noodles-and-forks'];
const views = ['topology', 'packets', 'ladder', 'plots', 'lanes', 'events'];
const main = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));

mkdirSync(target, { recursive: true });
const browser = await launchBrowser();
for (const lab of labs) {
  const file = resolve(join(target, `${lab}.html`));
  execFileSync(process.execPath, [main, 'run', lab, '--html', file], { stdio: 'ignore' });
  for (const language of ['en', 'zh'])
    for (const theme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: { width: 1360, height: 850 } });
      page.on('console', (message) => console.log(`${lab} ${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => console.log(`${lab}: ${error}`));
      await page.goto(`${pathToFileURL(file)}#t=0&lang=${language}&theme=${theme}`);
      await page.getByRole('tab', { selected: true }).waitFor();
      // A few moments in, where something is chosen: that is where pages get crowded.
      for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('2');
      const seen = page.locator('.packet-row:not(.later):not(.head)');
      const packets = (await seen.count()) > 0;
      if (packets) await seen.last().click();
      for (const [i, view] of views.entries()) {
        await page.keyboard.press(String(i + 1));
        if (view === 'packets' && packets) await page.locator('.layers > details > summary').last().click();
        await page.waitForTimeout(150);
        await page.screenshot({ path: join(target, `${lab}-${view}-${language}-${theme}.png`) });
      }
      await page.close();
    }
}
await browser.close();
