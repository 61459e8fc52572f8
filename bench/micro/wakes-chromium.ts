/**
 * The same wakes in a worker of headless Chromium, one MessageChannel turn as watchdog: npx tsx bench/micro/wakes-chromium.ts. Wall time, because a
 * page has no other; run it on a quiet machine.
 */
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { launchBrowser } from '../../test/browser.ts';

const entry = `
import { bench } from ${JSON.stringify(fileURLToPath(new URL('../../packages/core/src/syscall/kernel.test-util.ts', import.meta.url)))};
async function deep(sys, hops) { if (hops <= 1) await sys.nanosleep(1000); else await deep(sys, hops - 1); }
async function measure() {
const results = [];
for (const hops of [1, 5]) {
  const world = bench();
  for (let i = 0; i < 100; i++) world.start(async (sys) => { for (let k = 0; k < 5000; k++) await deep(sys, hops); return 0; });
  const start = performance.now();
  await world.run();
  results.push({ name: 'wakes in a Chromium worker', hops, wakes: world.loop.wakes, perSecond: Math.round((world.loop.wakes * 1000) / (performance.now() - start)) });
}
postMessage(results);
}
measure();
`;
const prelude = `const channel = new MessageChannel(); const waiting = []; channel.port1.onmessage = () => waiting.shift()?.();
globalThis.setImmediate = (then) => { waiting.push(then); channel.port2.postMessage(0); };\n`;

const build = await rolldown({
  input: 'entry',
  platform: 'browser',
  logLevel: 'silent',
  plugins: [
    { name: 'entry', resolveId: (id) => (id === 'entry' ? id : null), load: (id) => (id === 'entry' ? entry : null) },
  ],
});
const { output } = await build.generate({ format: 'iife', codeSplitting: false });
await build.close();
const browser = await launchBrowser();
const page = await browser.newPage();
const inWorker = `(code) => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message));
})`;
const results = await page.evaluate<object[]>(`(${inWorker})(${JSON.stringify(prelude + output[0].code)})`);
for (const result of results) console.log(JSON.stringify(result));
await browser.close();
