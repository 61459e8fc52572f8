/** What a person asks the page for, by mouse and by keyboard: commands, the menu of what is pointed at, explanations, bookmarks, steps, timers on the ladder. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordLab } from '../recording/recorded.ts';
import { addressOf, moveTo } from './moments.ts';
import { type Opened, Pages } from './pages.ts';

let pages: Pages;
let url: string;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  pages = await Pages.start();
  url = pages.write('lab', await recordLab('one-lost-packet'));
  opened = await pages.open(`${url}#lang=en`, {
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  ({ page } = opened);
});
afterAll(() => pages.close());

const at = (address: string): Promise<void> => moveTo(page, `lang=en&${address}`);
beforeEach(() => at('t=261845920&view=topology'));

const instant = async (): Promise<number> => Number(await page.locator('#time-box').inputValue());
const tab = (): Promise<string | null> => page.getByRole('tab', { selected: true }).textContent();
const explanation = (): Promise<string> => page.locator('#explained').allTextContents().then(String);
const address = (): Promise<URLSearchParams> => addressOf(page);
async function downloaded(act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'latin1') };
}

/** How many colours a PNG has: an empty picture has the ground's, and the heading's few. Below the heading. */
async function inksOf(png: string): Promise<number> {
  return page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${Buffer.from(png, 'latin1').toString('base64')}';
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 40, image.width, image.height - 40);
    const inks = new Set();
    for (let i = 0; i < data.length; i += 4) inks.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
    return inks.size;
  })()`);
}

describe('the list of commands', () => {
  const options = () => page.locator('.palette [role=option]');

  test('finds by a word of either language, by initials, by key, and runs what is chosen', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('ladder');
    expect(await options().first().textContent()).toContain('Show the ladder');
    await page.keyboard.press('Enter');
    expect([await tab(), await page.locator('.palette').count()]).toEqual(['Ladder', 0]);
    await page.keyboard.press('?');
    await page.keyboard.insertText('泳道');
    expect(await options().first().textContent()).toContain('Show the lanes');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await tab()).toBe('Lanes');
    await page.keyboard.press('?');
    await page.keyboard.type('nimob');
    expect(await options().first().textContent()).toContain('Next interesting moment or bookmark');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.keyboard.type('no such thing');
    expect(await page.locator('.palette').textContent()).toContain('Nothing is called that.');
    await page.keyboard.press('Escape');
  });

  test('takes instants, packets and machines', async () => {
    for (const [typed, seen] of [
      ['250ms', '0.250000000'],
      ['0.3', '0.300000000'],
    ] as const) {
      await page.keyboard.press('?');
      await page.keyboard.type(typed);
      await page.keyboard.press('Enter');
      expect(await page.locator('#time-box').inputValue()).toBe(seen);
    }
    await page.keyboard.press('?');
    await page.keyboard.type('#37');
    await page.keyboard.press('Enter');
    expect((await address()).get('sel')).toBe('pkt.37');
    await page.keyboard.press('?');
    await page.keyboard.type('machine web');
    await page.keyboard.press('Enter');
    expect((await address()).get('sel')).toBe('machine.web');
  });

  test('by mouse; a click elsewhere closes it; the focus goes back', async () => {
    await page.locator('#tab-topology').focus();
    await page.keyboard.press('Control+k');
    await options().filter({ hasText: 'Show the events' }).click();
    expect(await tab()).toBe('Events');
    await page.keyboard.press('Control+k');
    await page.locator('h1').click();
    expect(await page.locator('.palette').count()).toBe(0);
    await page.locator('#tab-events').focus();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-events');
  });

  test('every command has a name in both languages, and what it downloads is a file of that kind', async () => {
    await at('t=295749920&view=plots&sel=pkt.37');
    const kinds: [string, RegExp, RegExp][] = [
      ['Download the list of packets as CSV', /\.csv$/, /^No\.,Time,Source/],
      ['Download the ladder as SVG', /-ladder\.svg$/, /^<svg /],
      ['Download as SVG: cwnd', /-cwnd\.svg$/, /^<svg /],
      ['Download as SVG: sequence', /-sequence\.svg$/, /^<svg /],
      ['Chrome trace', /-trace\.json$/, /^\{"displayTimeUnit"/],
    ];
    for (const [typed, name, begins] of kinds) {
      await page.keyboard.press('?');
      await page.keyboard.type(typed);
      const file = await downloaded(() => page.keyboard.press('Enter'));
      expect(file.name).toMatch(name);
      expect(file.text).toMatch(begins);
    }
    for (const pane of ['topology', 'packets', 'ladder', 'plots', 'lanes']) {
      await at(`t=261845920&view=${pane}`);
      await page.keyboard.press('?');
      await page.keyboard.type('pane as PNG');
      const file = await downloaded(() => page.keyboard.press('Enter'));
      expect(file.name).toBe(`one-lost-packet-${pane}.png`);
      expect(await inksOf(file.text)).toBeGreaterThan(20);
    }
    await page.keyboard.press('?');
    await page.keyboard.type('mermaid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^sequenceDiagram\n {2}participant h0 as /);
  });
});

test('the lanes are handed to Perfetto in a window of its own, which is asked until it answers', async () => {
  const context = page.context();
  // As its documentation says what it does: https://perfetto.dev/docs/visualization/deep-linking-to-perfetto-ui
  const perfetto = `<script>
    setTimeout(() => addEventListener('message', ({ data, source }) => {
      if (data === 'PING') source.postMessage('PONG', '*');
      else {
        const { title, fileName, buffer } = data.perfetto;
        const { traceEvents } = JSON.parse(new TextDecoder().decode(buffer));
        document.title = [fileName, title, traceEvents.some(({ ph }) => ph === 'X')].join(' ');
      }
    }), 500);
  </script>`;
  await context.route('https://ui.perfetto.dev/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: perfetto }),
  );
  await at('t=261845920&view=lanes');
  const [other] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: 'Open in Perfetto' }).click(),
  ]);
  await expect
    .poll(() => other.title())
    .toBe('one-lost-packet-trace.json One lost packet (one-lost-packet, seed 1) true');
  await other.close();
});

test.each(['packets', 'plots'])('%s: the picture has what is scrolled out of sight', async (pane) => {
  await at(`t=261845920&view=${pane}`);
  const [shown, whole] = await page.evaluate<[number, number]>(`(() => {
    const { scrollHeight, clientHeight } = document.querySelector('[data-whole]');
    return [document.querySelector('#pane').clientHeight, scrollHeight - clientHeight];
  })()`);
  expect(whole).toBeGreaterThan(100);
  await page.keyboard.press('?');
  await page.keyboard.type('pane as PNG');
  const { text } = await downloaded(() => page.keyboard.press('Enter'));
  const [gap, height] = await page.evaluate<[number, number]>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${Buffer.from(text, 'latin1').toString('base64')}';
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const empty = (y) => {
      for (let x = 1; x < image.width; x++)
        if ([0, 1, 2].some((c) => data[4 * (y * image.width + x) + c] !== data[4 * y * image.width + c])) return false;
      return true;
    };
    let [gap, longest] = [0, 0];
    for (let y = 0; y < image.height; y++) longest = Math.max(longest, (gap = empty(y) ? gap + 1 : 0));
    return [longest, image.height];
  })()`);
  const scale = await page.evaluate<number>('devicePixelRatio');
  expect(Math.abs(height / scale - shown - whole)).toBeLessThan(40);
  // No part of it is empty.
  expect(gap / scale).toBeLessThan(80);
});

describe('the menu of what is pointed at', () => {
  const items = (): Promise<string[]> => page.getByRole('menuitem').allInnerTexts();

  test('a packet: follow, filter, show elsewhere, capture, link', async () => {
    await at('t=295749920&view=packets&sel=pkt.37');
    await page.locator('.row[aria-selected=true]').click({ button: 'right' });
    const names = (await items()).join('\n');
    for (const name of ['Follow stream', 'ip.addr == 10.0.2.2', 'Explain', 'web.eth0', 'Copy a link', 'Bookmark'])
      expect(names).toContain(name);
    await page.getByRole('menuitem', { name: /^Filter ip\.addr == 10\.0\.2\.2/ }).click();
    expect((await address()).get('f')).toBe('ip.addr == 10.0.2.2');
    expect(await page.getByRole('menu').count()).toBe(0);
    await page.locator('.row[aria-selected=true]').click({ button: 'right' });
    const file = await downloaded(() => page.getByRole('menuitem', { name: /^Download pcapng of/ }).click());
    expect([file.name, file.text.slice(0, 4)]).toEqual(['web.eth0.pcapng', '\n\r\r\n']);
  });

  test('a machine, by keyboard: its filter, its cards', async () => {
    await page.getByRole('button', { name: 'web', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('m');
    expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe('menuitem');
    const first = await page.evaluate('document.activeElement.innerText');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.innerText')).not.toBe(first);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.innerText')).toBe(first);
    await page.keyboard.press('p');
    expect(await page.evaluate('document.activeElement.innerText')).toMatch(/^Packets seen by/);
    await page.keyboard.press('Enter');
    expect([await tab(), (await address()).get('card')]).toEqual(['Packets', 'web.eth0']);
    await page.locator('.actions-button').click();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('menu').count()).toBe(0);
    await page.locator('.actions-button').click();
    await page.getByRole('menuitem', { name: /^Filter ip\.addr == 10\.0\.2\.2 \|\| eth\.addr == / }).click();
    expect(await page.locator('#filter').inputValue()).toContain('eth.addr');
  });

  test('an event leads to its packet and its machine', async () => {
    await at('t=261845920&view=events');
    await page.locator('.event-row', { hasText: 'frame.drop' }).first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Machine of the event web/ }).click();
    expect((await address()).get('sel')).toBe('machine.web');
    await page.locator('.event-row', { hasText: 'frame.drop' }).first().click();
    await page.keyboard.press('k');
    expect((await address()).get('sel')).toBe('pkt.37');
  });

  test('what is followed is all that the ladder shows', async () => {
    await at('t=261845920&view=ladder&sel=pkt.37');
    await page.keyboard.press('f');
    expect((await address()).get('f')).toMatch(/^tcp\.stream == 0$/);
    const rows = page.getByRole('listbox', { name: 'Ladder' }).getByRole('option');
    await expect.poll(() => rows.first().getAttribute('aria-setsize')).toBe('205');
    await page.keyboard.press('x');
    await expect.poll(() => rows.first().getAttribute('aria-setsize')).toBe('213');
    await page.getByRole('button', { name: 'ARP, DHCP and below' }).click();
    await expect.poll(() => rows.first().getAttribute('aria-setsize')).toBe('8');
  });
});

describe('explanations', () => {
  test('of a state: which event made it, what it means, where that is written', async () => {
    await page.getByRole('button', { name: 'web', exact: true }).click();
    await page.locator('.details .explainable', { hasText: 'ESTABLISHED' }).click();
    expect(await explanation()).toMatch(/SYN-RECEIVED to ESTABLISHED[\s\S]*data goes both ways[\s\S]*RFC 9293/);
    expect((await address()).get('x')).toBe(
      'by.web tcp.state socket=3 to=ESTABLISHED'.replace('3', /socket=(\d+)/.exec((await address()).get('x')!)![1]!),
    );
    await page.keyboard.press('Escape');
    expect((await address()).get('x')).toBe(null);
  });

  test('of a field, by e, with its value and the rule', async () => {
    await at('t=261845920&view=packets&sel=pkt.37');
    await page.locator('.layers summary', { hasText: 'Internet Protocol' }).click();
    await page.getByRole('button', { name: /^Time to Live: / }).focus();
    await page.keyboard.press('e');
    expect(await explanation()).toMatch(/Time to Live: 6\d[\s\S]*Every router takes one off[\s\S]*RFC 791/);
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('explained');
  });

  test('of a number under the cursor, and of what a thread does', async () => {
    await at('t=295749920&view=plots');
    await page.locator('table .explainable', { hasText: 'Congestion window' }).click();
    expect(await explanation()).toMatch(/web .*: \d+[\s\S]*unacknowledged on the way[\s\S]*RFC 5681/);
    await at('t=295749920&view=lanes');
    await page.locator('table .explainable').first().click();
    expect(await explanation()).toMatch(/Since \d+\.\d{9} s/);
  });

  test('in Chinese, from the address alone; an address that names nothing says so', async () => {
    await at('t=295749920&view=plots&lang=zh&x=curve.rtt'.replace('lang=zh&', ''));
    await page.locator('.choices select').first().selectOption('zh');
    expect(await explanation()).toContain('平滑往返时间');
    await page.locator('.choices select').first().selectOption('en');
    for (const nonsense of [
      'timer.99999',
      'curve.__proto__',
      'event.1e9',
      'by. ',
      'field.<img>',
      'machine.constructor',
    ]) {
      await at(`t=0&view=plots&x=${encodeURIComponent(nonsense)}`);
      expect(await page.locator('.viewer').isVisible()).toBe(true);
    }
  });
});

describe('bookmarks', () => {
  test('by key, on the slider, with a name, in the address, as a list; and steps stop at them', async () => {
    await page.keyboard.press('b');
    await page.keyboard.press('End');
    await page.keyboard.press('b');
    await page.locator('.bookmarks input').first().fill('the loss');
    const bar = await address();
    expect(bar.getAll('bm')).toEqual(['261845920 the loss', expect.stringMatching(/^60\d{9}$/)]);
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('N');
    expect(await instant()).toBe(0.26184592);
    await page.keyboard.press('n');
    expect(await instant()).toBeGreaterThan(60);
    await at('t=261845000&view=topology&bm=261845500');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await instant()).toBe(0.2618455);
    await at(
      `t=0&view=topology&${bar
        .getAll('bm')
        .map((each) => `bm=${encodeURIComponent(each)}`)
        .join('&')}`,
    );
    expect(await page.locator('.bookmarks input').first().inputValue()).toBe('the loss');
    const file = await downloaded(() => page.getByRole('button', { name: 'Download as a list' }).click());
    expect(file.name).toBe('one-lost-packet-bookmarks.md');
    expect(file.text).toMatch(/- \[0\.261845920 s\]\(file:.*t=261845920.*\) the loss\n/);
    await page.locator('.bookmarks .remove').first().click();
    expect((await address()).getAll('bm').length).toBe(1);
  });
});

describe('steps', () => {
  test('hop by hop: each is a departure or an arrival; of the chosen packet, where one is', async () => {
    await at('t=0&view=topology&sel=pkt.37');
    await page.keyboard.press('.');
    const departed = await instant();
    expect(await page.locator('.told li').allTextContents()).toContain('packet 37: web to gw');
    await page.keyboard.press('.');
    expect(await instant()).toBeGreaterThan(departed);
    await page.keyboard.press(',');
    expect(await instant()).toBe(departed);
    await at('t=0&view=topology');
    await page.keyboard.press('.');
    expect(await instant()).toBeLessThan(departed);
  });

  test('whoever listens is told what happens', async () => {
    const log = page.getByRole('log');
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => log.textContent()).toMatch(/s, \w+: /);
  });
});

describe('the ladder', () => {
  test('has the timers beside their hosts, each explained with its values', async () => {
    await at('t=261845920&view=ladder');
    const timers = page.locator('.timer');
    expect(await timers.count()).toBeGreaterThan(3);
    expect(await page.locator('.timer-loss-probe title').first().textContent()).toMatch(
      /tail loss probe \(TLP\), set for /,
    );
    await page.locator('.row.now .timer-loss-probe .catch').click();
    expect(await explanation()).toMatch(/web · 10\.0\.2\.2:80 → [\s\S]*Set at 0\.\d{9} s[\s\S]*RFC 8985 section 7/);
    // The twin of the picture: the machine's own list.
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'web', exact: true }).click();
    await page.locator('.details .explainable', { hasText: 'tail loss probe' }).click();
    expect(await explanation()).toContain('RFC 8985');
  });

  test('in linear time: arrows slant by their delay, keys and wheel move and zoom, each arrow can be chosen', async () => {
    await at('t=261845920&view=ladder&scale=time&zoom=225000000-350000000');
    const arrows = page.locator('.scaled [role=option]');
    expect(await arrows.count()).toBeGreaterThan(40);
    const slants = await page
      .locator('.scaled .class-application .shaft')
      .evaluateAll((all) => all.map((line) => Number(line.getAttribute('y2')) - Number(line.getAttribute('y1'))));
    expect(Math.min(...slants)).toBeGreaterThan(0);
    expect(Math.max(...slants)).toBeGreaterThan(2 * Math.min(...slants));
    await page.keyboard.press('w');
    const [from, to] = (await address()).get('zoom')!.split('-').map(Number) as [number, number];
    expect(to - from).toBeLessThan(70_000_000);
    await page.keyboard.press('d');
    expect(Number((await address()).get('zoom')!.split('-')[0])).toBeGreaterThan(from);
    await page.locator('.scaled').hover();
    await page.mouse.wheel(0, -100);
    const moved = (await address()).get('zoom');
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    expect((await address()).get('zoom')).not.toBe(moved);
    await page.keyboard.press('0');
    expect((await address()).get('zoom')).toBe(null);
    await page.locator('.scaled').focus();
    await page.keyboard.press('ArrowDown');
    const chosen = page.locator('.scaled [aria-selected=true]');
    await chosen.waitFor();
    const first = await chosen.getAttribute('aria-label');
    await page.keyboard.press('ArrowDown');
    expect(await chosen.getAttribute('aria-label')).not.toBe(first);
    expect((await address()).get('sel')).toMatch(/^pkt\.\d+$/);
  });

  test('keys zoom in the rows that pass the filter, as buttons do', async () => {
    const zoomed: (string | null)[] = [];
    for (const further of [() => page.keyboard.press('s'), () => page.getByTitle('Further away (s)').click()]) {
      await at('t=101012000&view=ladder&scale=time&f=arp');
      await expect.poll(() => page.locator('.scaled [role=option]').count()).toBe(8);
      await further();
      zoomed.push((await address()).get('zoom'));
    }
    expect(zoomed[0]).toMatch(/^\d+-\d+$/);
    expect(zoomed[0]).toBe(zoomed[1]);
  });

  test('has ticks for what is acknowledged selectively', async () => {
    await at('t=298080320&view=ladder&f=tcp.options.sack_le');
    await page.locator('.sack rect').first().waitFor();
    expect(await page.locator('.sack title').first().textContent()).toMatch(/among the next \d+ bytes/);
    expect(await page.locator('.arrow').first().getAttribute('aria-label')).toMatch(/SACK \d+–\d+/);
  });
});

test('a link to another run says so', async () => {
  const other = await pages.open(`${url}#lang=en&t=5&run=0123456789ab`);
  const warning = other.page.locator('.other-run');
  expect(await warning.textContent()).toContain('0123456789ab');
  await warning.getByRole('button').click();
  expect(await warning.count()).toBe(0);
  await pages.leave(other);
});

test('nothing of all this complained, or asked for anything', () => expect(opened.complaints).toEqual([]));
