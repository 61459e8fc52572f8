/** Moments of an open page. A busy page does things later, never in another order: what is waited for here is what the page itself says, not a time. */
import type { Page } from 'playwright-core';

/** In an address until the page has followed it, and written its own in its place. */
const MOVED = 'moved';

/** Another moment of the same page, with nothing focused. */
export async function moveTo(page: Page, address: string): Promise<void> {
  const hash = JSON.stringify(`#${MOVED}&${address.replace(/^#/, '')}`);
  await page.evaluate(`new Promise((done) => {
    document.activeElement.blur();
    location.hash = ${hash};
    const look = () => (location.hash.includes('${MOVED}') ? setTimeout(look, 10) : done());
    look();
  })`);
}

/** The page writes its address some time after a change, by a timer: one of the same page that was set later and waits longer ends after it. */
const WRITTEN_MS = 150;

export async function addressOf(page: Page): Promise<URLSearchParams> {
  const hash = `new Promise((done) => setTimeout(() => done(location.hash), ${WRITTEN_MS}))`;
  return new URLSearchParams((await page.evaluate<string>(hash)).slice(1));
}
