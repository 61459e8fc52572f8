/**
 * What the viewer costs, in headless Chromium with software rendering: size, start, seeking, stepping, playing, filtering.
 *
 *     npx tsx bench/viewer/run.ts [start|seek|play|filter …]
 */
import { gzipSync } from 'node:zlib';
import { type Opened, Pages, recordLab } from '../../test/viewer/pages.ts';
import { synthetic } from './synthetic.ts';

const all = ['start', 'seek', 'play', 'filter'];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;
const pages = await Pages.start();
const say = (what: string, figure: string): void => console.log(`${what.padEnd(64)} ${figure}`);
const ms = (value: number): string => `${value.toFixed(1)} ms`;

function quantiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `median ${ms(sorted[sorted.length >> 1]!)}, most ${ms(sorted.at(-1)!)} (${sorted.length})`;
}

function complain({ complaints }: Opened): void {
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

/** In the page: what an input costs until the scripts it set off are done, and until the next frame is on the screen. */
const TIMED = `async (inputs) => {
  const task = () => new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
  const costs = { work: [], shown: [] };
  for (const input of inputs) {
    await task();
    const from = performance.now();
    input();
    await task();
    costs.work.push(performance.now() - from);
    await new Promise((done) => requestAnimationFrame(() => task().then(done)));
    costs.shown.push(performance.now() - from);
  }
  return costs;
}`;

const SLIDE = `(part) => () => {
  const slider = document.querySelector('input[type=range]');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(slider, Math.round(part * 100000));
  slider.dispatchEvent(new Event('input', { bubbles: true }));
}`;
const PRESS = `(key) => () => window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))`;

interface Costs {
  readonly work: number[];
  readonly shown: number[];
}

async function start(): Promise<void> {
  const { script } = pages.files;
  say("the viewer's script, gzip -9", `${(gzipSync(script, { level: 9 }).length / 1024).toFixed(1)} KiB`);
  const url = pages.write('visit-website', await recordLab('visit-website'));
  const page = await pages.browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    await page.goto('about:blank');
    await page.goto(url, { waitUntil: 'commit' });
    // Interactive: the bar is there, and a key has its effect.
    times.push(
      await page.evaluate<number>(`new Promise((done) => {
        const look = () => {
          const box = document.querySelector('#time-box');
          if (box === null) return requestAnimationFrame(look);
          const before = box.value;
          window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
          requestAnimationFrame(() => (document.querySelector('#time-box').value === before ? look() : done(performance.now())));
        };
        look();
      })`),
    );
  }
  say('visit-website interactive, CPU 4x slower', quantiles(times));
  await page.close();
}

async function million(what: 'events' | 'packets'): Promise<Opened> {
  const size = { events: 10_000, packets: 100_000, [what]: 1_000_000 };
  const url = pages.write(what, synthetic({ machines: 300, moving: 50, ...size }));
  const from = performance.now();
  const opened = await pages.open(`${url}#t=0&lang=en`);
  say(`a page with 1,000,000 ${what}, until it is there`, ms(performance.now() - from));
  return opened;
}

async function seek(opened: Opened): Promise<void> {
  const { page } = opened;
  const parts = Array.from({ length: 40 }, (_, i) => ((i * 61) % 100) / 100);
  for (const [view, sel] of [
    ['topology', 'machine.m0'],
    ['packets', 'pkt.5'],
    ['events', 'machine.m0'],
  ] as const) {
    await page.evaluate(`location.hash = '#t=0&view=${view}&sel=${sel}&lang=en'`);
    await page.waitForTimeout(1500);
    const slides = await page.evaluate<Costs>(`(${TIMED})([0.999, ${parts}].map(${SLIDE}))`);
    say(`${view}: first seek to the end`, ms(slides.shown[0]!));
    say(`${view}: seek anywhere, until it is shown`, quantiles(slides.shown.slice(1)));
    const steps = await page.evaluate<Costs>(`(${TIMED})(Array(200).fill('ArrowRight').map(${PRESS}))`);
    say(`${view}: step, script`, quantiles(steps.work));
  }
  complain(opened);
}

async function filter(opened: Opened): Promise<void> {
  const { page } = opened;
  await page.evaluate(`location.hash = '#t=0&view=packets&lang=en'`);
  await page.waitForTimeout(1000);
  for (const text of ['tcp.port == 443', 'ip.addr == 10.0.0.2 && tcp.srcport == 2000']) {
    const time = await page.evaluate<number>(`(async () => {
      const box = document.querySelector('#filter');
      const type = (text) => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, text);
        box.dispatchEvent(new Event('input', { bubbles: true }));
      };
      type('arp');
      while (document.querySelectorAll('.row').length > 0) await new Promise(requestAnimationFrame);
      const from = performance.now();
      type(${JSON.stringify(text)});
      while (document.querySelectorAll('.row').length === 0) await new Promise(requestAnimationFrame);
      return performance.now() - from;
    })()`);
    say(`1,000,000 packets, filter ${text}: first rows`, ms(time));
  }
  complain(opened);
}

async function play(): Promise<void> {
  const recording = synthetic({ machines: 300, packets: 42_000, events: 2_000, moving: 2_000 });
  const opened = await pages.open(`${pages.write('busy', recording)}#t=20000000&lang=en`);
  const { page } = opened;
  await page.keyboard.press(' ');
  await page.waitForTimeout(2000);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busyMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  const before = await busyMs();
  const frames = await page.evaluate<number[]>(`new Promise((done) => {
    const times = [];
    let last = performance.now();
    const end = last + 6000;
    requestAnimationFrame(function look(now) {
      times.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(look);
      else done(times.slice(1));
    });
  })`);
  const sorted = [...frames].sort((a, b) => a - b);
  say(
    '300 machines, 2,000 packets under way, playing: frames/s, median',
    (1000 / sorted[sorted.length >> 1]!).toFixed(1),
  );
  say("  CPU time of the page's thread per frame", ms(((await busyMs()) - before) / frames.length));
  say('  longest frame after 2 s', ms(sorted.at(-1)!));
  complain(opened);
}

if (wanted.includes('start')) await start();
if (wanted.includes('play')) await play();
if (wanted.includes('seek')) await seek(await million('events'));
if (wanted.includes('filter')) await filter(await million('packets'));
await pages.close();
