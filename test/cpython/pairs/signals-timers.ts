/** Timers and interrupted calls: an interval timer ticks, alarm tells what was left, a read and a sleep go on after a handler. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { Pair } from '../pair.ts';

const MS = 1_000_000;
const SECOND = 1_000 * MS;

/** time.sleep sleeps what is left after a handler has run (PEP 475). */
async function sleep(sys: Sys, ns: number): Promise<void> {
  const end = (await sys.clock_gettime('monotonic')) + ns;
  for (let left = ns; left > 0; left = end - (await sys.clock_gettime('monotonic')))
    await sys.nanosleep(left).catch(() => undefined);
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    let ticks = 0;
    const tick = { restart: true, handler: () => trace.at(`tick ${++ticks}`) };
    await sys.sigaction('SIGALRM', tick);
    const before = await sys.setitimer('real', { valueNs: 50 * MS, intervalNs: 100 * MS });
    trace.at(`before (${before.valueNs.toFixed(1)}, ${before.intervalNs.toFixed(1)})`);
    while (ticks < 3) await sys.pause().catch(() => undefined);
    const { valueNs, intervalNs } = await sys.setitimer('real', { valueNs: 0, intervalNs: 0 });
    trace.at(`left ${valueNs > 0 && valueNs <= 100 * MS ? 'True' : 'False'} ${(intervalNs / SECOND).toFixed(1)}`);
    const off = await sys.getitimer('real');
    trace.at(`off (${off.valueNs.toFixed(1)}, ${off.intervalNs.toFixed(1)})`);
    // alarm(2) counts in seconds and rounds up what is left.
    const alarm = async (seconds: number): Promise<void> =>
      trace.at(`alarm ${Math.ceil((await sys.alarm(seconds * SECOND)) / SECOND)}`);
    await alarm(5);
    await alarm(0);
    await alarm(0);
    const [r, w] = await sys.pipe();
    await sys.sigaction('SIGALRM', {
      restart: true,
      handler: async (inner) => void (await inner.write(w, encodeUtf8('from the handler'))),
    });
    await sys.alarm(50 * MS);
    trace.at(`read b'${decodeUtf8(await sys.read(r, 100))}'`);
    await sys.sigaction('SIGALRM', tick);
    const began = await sys.clock_gettime('monotonic');
    await sys.alarm(50 * MS);
    await sleep(sys, 200 * MS);
    trace.at(`slept to the end ${(await sys.clock_gettime('monotonic')) - began >= 200 * MS ? 'True' : 'False'}`);
    return 0;
  },
} satisfies Pair;
