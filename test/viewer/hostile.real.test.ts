/** What comes from a run is text wherever it says it is markup, and a file that is no recording is refused in words. Nothing of it ever runs. */
import { gzipSync } from 'node:zlib';
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import { encodeRecording } from '@netarium/view/recording/container.ts';
import { EventValues } from '@netarium/view/recording/event-values.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { record, recordWithSource } from '../recording/recorded.ts';
import { Pages } from './pages.ts';

const MARKUP = '</script><img src=x onerror=alert(1)><script>alert(2)</script>';
const both = { en: MARKUP, zh: MARKUP };

let pages: Pages;
let recording: Recording;

beforeAll(async () => {
  pages = await Pages.start();
  recording = await recordWithSource('handshake');
});
afterAll(() => pages.close());

function withTexts(values: EventValues, change: (text: string) => string): EventValues {
  const { shapes, texts, shape, numbers, words } = values;
  return new EventValues(shapes, texts.map(change), shape, numbers, words);
}

/** Everywhere where a lab, a host or a forger may put text. */
function hostile(): Recording {
  const rename = (name: string): string => `${MARKUP}${name}`;
  const renamed = new Map(recording.machines.map(({ name }) => [name, rename(name)]));
  const port = (text: string): string => {
    const [machine = '', card = ''] = text.split('.');
    return `${renamed.get(machine) ?? machine}.${card}`;
  };
  return {
    ...recording,
    lab: MARKUP,
    title: both,
    text: both,
    engine: MARKUP,
    machines: recording.machines.map((machine) => ({ ...machine, name: rename(machine.name) })),
    cables: recording.cables.map(({ name, a, b }) => ({ name: rename(name), a: port(a), b: port(b) })),
    cards: recording.cards.map((card) => ({ ...card, name: rename(card.name), host: rename(card.host) })),
    hosts: recording.hosts.map(rename),
    kinds: recording.kinds.map((kind, i) => (i === 0 ? MARKUP : kind)),
    story: [...recording.story, { atNs: 0, mark: MARKUP, text: both }] as Recording['story'],
    problems: [MARKUP],
    checks: recording.checks.map((check) => ({ ...check, text: both, saw: MARKUP })),
    ladder: {
      hosts: recording.ladder.hosts.map(rename),
      rows: recording.ladder.rows.map((row) => ({ ...row, from: rename(row.from ?? ''), text: MARKUP })),
      timers: recording.ladder.timers.map((timer) => ({
        ...timer,
        host: rename(timer.host),
        timer: MARKUP as never,
        peer: MARKUP,
      })),
    },
    frames: {
      ...recording.frames,
      bytes: recording.frames.bytes.map((byte, i) => (i % 97 > 60 ? MARKUP.charCodeAt(i % MARKUP.length) : byte)),
    },
    source: {
      ...recording.source,
      files: [{ name: MARKUP, pieces: [{ from: 1, text: [MARKUP, MARKUP, MARKUP].join('\n') }] }],
      frames: recording.source.frames.map((frame) => ({ ...frame, function: MARKUP })),
    },
    events: {
      ...recording.events,
      values: withTexts(recording.events.values, (text) => `${text}${MARKUP}`),
    },
  };
}

describe.each(['en', 'zh'])('a recording full of markup, %s', (language) => {
  test('is text in every view', async () => {
    const opened = await pages.open(`${pages.write('hostile', hostile())}#lang=${language}`);
    const { page } = opened;
    for (const view of ['1', '2', '3', '4', '5', '6']) {
      await page.keyboard.press(view);
      await page.keyboard.press('Shift+ArrowRight');
      const row = page.locator('.row').first();
      if ((await row.count()) > 0) await row.click();
      await page.keyboard.press('e');
      expect(await page.locator('img').count(), view).toBe(0);
      expect(await page.locator('script').count(), view).toBe(2);
      expect(await page.locator('main').textContent(), view).not.toBe('');
    }
    await page.keyboard.press('5');
    await page.keyboard.press('j');
    expect(await page.locator('.listing [aria-current=step] code').textContent()).toBe(MARKUP);
    expect(await page.locator('.stack').textContent()).toContain(MARKUP);
    await page.keyboard.press('1');
    await page.locator('.machine').first().click();
    expect(await page.locator('.machine').first().textContent()).toContain(MARKUP);
    await page.keyboard.press('m');
    expect(await page.getByRole('menu').textContent()).toContain(MARKUP);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.keyboard.type('<img');
    expect(await page.locator('.palette').textContent()).toContain(MARKUP);
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await page.locator('.bookmarks input').fill(MARKUP);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toBe(MARKUP);
    expect(await page.evaluate('document.title')).toContain(MARKUP);
    await pages.leave(opened);
  });
});

test('a payload of markup is text in the list, the layers and the bytes', async () => {
  const markup = lab({
    id: 'markup',
    machines: {
      pc: host({ eth0: '10.0.0.1/24' }),
      web: host({ eth0: '10.0.0.2/24', files: { '/srv/index.html': MARKUP }, run: ['httpd /srv'] }),
    },
    cables: [cable('pc', 'web', { delay: '1ms' })],
    async script({ pc, sleep }) {
      await sleep('100ms');
      await pc.sh(`curl -s -A '${MARKUP}' http://10.0.0.2/`);
    },
  });
  const opened = await pages.open(`${pages.write('payload', await record(markup))}#lang=en&view=packets&f=http`);
  const { page } = opened;
  const rows = page.getByRole('listbox', { name: 'Packets' }).getByRole('option');
  await expect.poll(() => rows.count()).toBeGreaterThan(1);
  for (const row of [0, 1]) {
    await rows.nth(row).click();
    for (const layer of await page.locator('.layers > details > summary').all()) await layer.click();
    const letters = (await page.locator('.bytes .letters').allTextContents()).join('');
    expect(letters).toContain(MARKUP);
  }
  expect(await page.locator('img').count()).toBe(0);
  await pages.leave(opened);
});

describe('a file that is no recording', () => {
  const cases: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
    ['empty', () => new Uint8Array(), /cannot be shown/],
    ['no gzip', () => new TextEncoder().encode('<script>alert(1)</script>'), /cannot be shown/],
    ['a cut gzip', () => gzipSync(encodeRecording(recording)).subarray(0, 900), /cannot be shown/],
    [
      'with source that is none',
      () => gzipSync(encodeRecording({ ...recording, source: { ...recording.source, files: [7] as never } })),
      /its source are not/,
    ],
    ['something else', () => gzipSync('{"machines":[]}'), /this is no recording of Netarium/],
    ['cut off', () => gzipSync(encodeRecording(recording).subarray(0, -200)), /cut off in/],
    [
      'of another version',
      () => gzipSync(encodeRecording(recording).map((byte, i) => (i === 8 ? 9 : byte))),
      /version 9 of the format/,
    ],
    ['pointing nowhere', () => gzipSync(encodeRecording({ ...recording, cards: [] })), /a sight of nothing/],
    [
      'with a machine that is none',
      () => gzipSync(encodeRecording({ ...recording, machines: [null, 5] as never })),
      /cannot be shown/,
    ],
    [
      'with rows that are none',
      () => gzipSync(encodeRecording({ ...recording, ladder: { hosts: [], rows: [null], timers: [] } as never })),
      /cannot be shown/,
    ],
    [
      'with timers that are none',
      () => gzipSync(encodeRecording({ ...recording, ladder: { hosts: [], rows: [], timers: [7] } as never })),
      /its timers are not/,
    ],
    [
      'with curves that are none',
      () => gzipSync(encodeRecording({ ...recording, plots: { cwnd: 5 } as never })),
      /cannot be shown/,
    ],
    [
      'with values that are none',
      () =>
        gzipSync(
          encodeRecording({
            ...recording,
            events: { ...recording.events, values: withTexts(recording.events.values, () => null as never) },
          }),
        ),
      /cannot be shown/,
    ],
  ];
  test.each(cases)('%s', async (name, made, says) => {
    const opened = await pages.open(`${pages.write(name.replaceAll(' ', '-'), made())}#lang=en`);
    expect(await opened.page.getByRole('alert').textContent()).toMatch(says);
    await pages.leave(opened);
  });
});
