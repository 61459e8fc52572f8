/**
 * What the viewer costs, in headless Chromium with software rendering: size, start, seeking, stepping, playing, filtering.
 *
 *     npx tsx bench/viewer/run.ts [start|seek|play|filter|file|packets|threads|connections …]
 *
 * The last three are long runs of labs, in every view.
 */
import { cpus, loadavg } from 'node:os';
import { gzipSync } from 'node:zlib';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { recordLab } from '../../test/recording/recorded.ts';
import { fileOf, frames, opening, press, slide, timed } from '../../test/viewer/inputs.ts';
import { MARK, MainThread, type Stretch } from '../../test/viewer/main-thread.ts';
import { type Opened, Pages } from '../../test/viewer/pages.ts';
import { LONG_RUNS, sizeOf } from './labs.ts';
import { synthetic } from './synthetic.ts';

const all = ['start', 'seek', 'play', 'filter', 'file', ...Object.keys(LONG_RUNS)];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;
const pages = await Pages.start();
const say = (what: string, figure: string): void => console.log(`${what.padEnd(64)} ${figure}`);
const ms = (value: number): string => `${value.toFixed(1)} ms`;

function quantiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `median ${ms(sorted[sorted.length >> 1]!)}, most ${ms(sorted.at(-1)!)}`;
}

/** What passed on the clock, and what of it the page's thread had of a core. */
function both(stretches: readonly Stretch[]): string {
  return `${quantiles(stretches.map(({ wall }) => wall))}; CPU ${quantiles(stretches.map(({ cpu }) => cpu))} (${stretches.length})`;
}

function told(what: string, { wall, cpu, busiest }: Stretch): void {
  say(what, `${ms(wall)}; CPU ${ms(cpu)}`);
  say('  its longest task', `CPU ${ms(busiest!.cpu)}`);
}

function complain({ complaints }: Opened): void {
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
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

async function open(name: string, what: string, recording: Recording): Promise<Opened> {
  const { opened, cost } = await opening(pages, `${pages.write(name, recording)}#t=0&lang=en`);
  told(`a page with ${what}, until it is there`, cost);
  return opened;
}

function million(what: 'events' | 'packets'): Promise<Opened> {
  const size = { events: 10_000, packets: 100_000, [what]: 1_000_000 };
  return open(what, `1,000,000 ${what}`, synthetic({ machines: 300, moving: 50, ...size }));
}

const somewhere = (count: number): string[] => Array.from({ length: count }, (_, i) => slide(((i * 61) % 100) / 100));
const step = press('ArrowRight');

async function seek(opened: Opened): Promise<void> {
  const { page } = opened;
  for (const [view, sel] of [
    ['topology', 'machine.m0'],
    ['packets', 'pkt.5'],
    ['events', 'machine.m0'],
  ] as const) {
    await page.evaluate(`location.hash = '#t=0&view=${view}&sel=${sel}&lang=en'`);
    await page.waitForTimeout(1500);
    const slides = await timed(pages.browser, page, [slide(0.999), ...somewhere(40)]);
    say(`${view}: first seek to the end, until it is shown`, both(slides.shown.slice(0, 1)));
    say(`${view}: seek anywhere, until it is shown`, both(slides.shown.slice(1)));
    const steps = await timed(pages.browser, page, Array<string>(200).fill(step));
    say(`${view}: step, script`, both(steps.work));
    say(`${view}: step, until it is shown`, both(steps.shown));
  }
  complain(opened);
}

/** Answered by many packets, by one early one, by number 750,001 alone: from its header, and from its conversation. */
const FILTERS = [
  'tcp.port == 443',
  'ip.addr == 10.0.0.2 && tcp.srcport == 2000',
  'tcp.seq_raw == 451 && tcp.srcport == 1024',
  'tcp.seq == 451 && tcp.srcport == 1024',
];

async function filter(opened: Opened): Promise<void> {
  const { page } = opened;
  await page.evaluate(`location.hash = '#t=0&view=packets&lang=en'`);
  await page.waitForTimeout(1000);
  for (const text of FILTERS) {
    const thread = await MainThread.while(pages.browser, () =>
      page.evaluate(`(async () => {
        const box = document.querySelector('#filter');
        const type = (text) => {
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, text);
          box.dispatchEvent(new Event('input', { bubbles: true }));
        };
        const until = async (holds) => { while (!holds()) await new Promise(requestAnimationFrame); };
        const rows = () => document.querySelectorAll('.row').length;
        type('arp');
        await until(() => rows() === 0);
        performance.mark('${MARK}typed');
        type(${JSON.stringify(text)});
        await until(() => rows() > 0);
        performance.mark('${MARK}rows');
        await until(() => !document.querySelector('.count').textContent.includes('so far'));
        performance.mark('${MARK}all');
      })()`),
    );
    const [first, whole] = [thread.between('typed', 'rows'), thread.between('typed', 'all')];
    say(`1,000,000 packets, filter ${text}`, `first rows ${ms(first.wall)}; CPU ${ms(first.cpu)}`);
    say('  every row', `${ms(whole.wall)}; CPU ${ms(whole.cpu)}`);
    say('  its longest task', `CPU ${ms(whole.busiest!.cpu)}`);
  }
  complain(opened);
}

async function play(): Promise<void> {
  const recording = synthetic({ machines: 300, packets: 42_000, events: 2_000, moving: 2_000 });
  const opened = await pages.open(`${pages.write('busy', recording)}#t=20000000&lang=en`);
  const { page } = opened;
  await page.keyboard.press(' ');
  await page.waitForTimeout(2000);
  const times = await frames(pages.browser, page, 6000);
  say('300 machines, 2,000 packets under way, playing: a frame', both(times));
  complain(opened);
}

/** Every view of a long run: until it is there, seeking, stepping, playing. */
async function long(name: keyof typeof LONG_RUNS): Promise<void> {
  const recording = await LONG_RUNS[name]();
  const opened = await open(name, sizeOf(recording), recording);
  const { page } = opened;
  const files = recording.lanes.lanes.length > 0 ? ['Chrome trace'] : [];
  if (recording.plots.cwnd.length > 0) files.push('as SVG: cwnd', 'as SVG: sequence');
  for (const typed of files) told(`${name}, ${typed}`, (await fileOf(pages.browser, page, typed)).cost);
  const busy = recording.machines.findLast(({ kind }) => kind === 'host')!.name;
  for (const view of ['topology', 'packets', 'ladder', 'ladder&scale=time', 'plots', 'lanes', 'events']) {
    const hash = `#t=${Math.floor(recording.endNs / 2)}&view=${view}&sel=machine.${busy}&lang=en`;
    const [first] = (await timed(pages.browser, page, [`() => { location.hash = '${hash}'; }`])).shown;
    say(`${name}, ${view}: until it is shown`, both([first!]));
    await page.waitForTimeout(1000);
    say('  seek anywhere, until it is shown', both((await timed(pages.browser, page, somewhere(20))).shown));
    const steps = await timed(pages.browser, page, Array<string>(60).fill(step));
    say('  step, script', both(steps.work));
    say('  step, until it is shown', both(steps.shown));
    await page.keyboard.press(' ');
    say('  playing: a frame', both(await frames(pages.browser, page, 2000)));
    await page.keyboard.press(' ');
  }
  complain(opened);
  await page.context().close();
}

/** Made while the page stays alive. */
async function file(opened: Opened): Promise<void> {
  const { page } = opened;
  for (const typed of ['packets as CSV', 'Download pcapng'])
    told(`1,000,000 packets, ${typed}`, (await fileOf(pages.browser, page, typed)).cost);
  complain(opened);
}

const load = (): string => loadavg()[0]!.toFixed(1);
say(`load, ${cpus().length} cores`, load());
if (wanted.includes('start')) await start();
if (wanted.includes('play')) await play();
if (wanted.includes('seek')) await seek(await million('events'));
if (wanted.includes('filter') || wanted.includes('file')) {
  const opened = await million('packets');
  if (wanted.includes('file')) await file(opened);
  if (wanted.includes('filter')) await filter(opened);
}
for (const name of Object.keys(LONG_RUNS) as (keyof typeof LONG_RUNS)[]) if (wanted.includes(name)) await long(name);
say(`load, ${cpus().length} cores`, load());
await pages.close();
