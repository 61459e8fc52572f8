/**
 * The README's pictures of the page (docs/images/viewer-*.png), from the address that each is taken at.
 *
 *     npx tsx scripts/readme-pictures.ts
 */
import { fileURLToPath } from 'node:url';
import { Pages } from '../test/viewer/pages.ts';
import { recordedByCommand } from '../test/viewer/recorded-by-command.ts';

interface Picture {
  readonly file: string;
  readonly lab: string;
  readonly at: string;
  /** What is clicked first. */
  readonly click?: string;
}

const PICTURES: readonly Picture[] = [
  { file: 'topology', lab: 'visit-website', at: 't=1001523568&sel=pkt.4' },
  {
    file: 'ladder',
    lab: 'one-lost-packet',
    at: 'view=ladder&scale=time&t=295749920&zoom=240000000-338000000&sel=pkt.85',
    click: '.timer-reordering .catch',
  },
  { file: 'plots', lab: 'one-lost-packet', at: 'view=plots&t=294519520&sel=pkt.84' },
  { file: 'lanes', lab: 'noodles-and-forks', at: 'view=lanes&t=1160254' },
  { file: 'source', lab: 'locks', at: 'view=lanes&t=150000000&thread=2', click: '.stack [aria-pressed=true]' },
];

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const pages = await Pages.start();
for (const { file, lab, at, click } of PICTURES) {
  const { page, complaints } = await pages.open(
    `${pages.write(lab, recordedByCommand(lab))}#${at}&lang=en&theme=light`,
  );
  if (click !== undefined) await page.locator(click).last().click();
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}viewer-${file}.png` });
  console.log(file, page.url().split('#')[1], ...complaints);
  await page.context().close();
}
await pages.close();
