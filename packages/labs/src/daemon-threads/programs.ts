/** Threads that are daemons or not, joined or not, and the quiz about the time from flag A to flag B. */
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import { errorOf } from '../lib/python-threads.ts';

/** `mix DAEMON_SECONDS OTHER_SECONDS`: a daemon thread and another, each sleeps so long; 0 leaves it out. main itself ends at once. */
export const mix = python('3.11', {
  async main(py, [, daemon, other]) {
    for (const [seconds, isDaemon] of [
      [Number(daemon), true],
      [Number(other), false],
    ] as const) {
      if (seconds === 0) continue;
      const thread = await Thread.create(py, { target: 'doze', args: [seconds, isDaemon], daemon: isDaemon });
      await thread.start();
    }
    await py.print('main ends');
    return 0;
  },
  async doze(py: Python, seconds: number, isDaemon: boolean) {
    await py.sleep(seconds);
    await py.print(`${isDaemon ? 'daemon' : 'other'} thread ends`);
  },
});

/** `joining SECONDS join|join-at-most|no-join`: what main sees of a thread that sleeps; then it tries to join itself. */
export const joining = python('3.11', {
  async main(py, [, seconds, how]) {
    const from = await py.monotonic();
    const thread = await Thread.create(py, { target: 'doze', args: [Number(seconds)], daemon: true });
    await thread.start();
    if (how === 'join') await thread.join();
    else if (how === 'join-at-most') await thread.join(0.5);
    const passed = (await py.monotonic()) - from;
    await py.print(`${how} ${passed.toFixed(2)} ${(await thread.isAlive()) ? 'alive' : 'ended'}`);
    await py.print(`self ${await errorOf(() => py.thread.join())}`);
    return 0;
  },
  async doze(py: Python, seconds: number) {
    await py.sleep(seconds);
  },
});

/** `quiz called|passed DAEMON`: the target is called where it should be passed, as printed, or passed; prints the seconds from flag A to flag B. */
export const quiz = python('3.11', {
  async main(py, [, how]) {
    const flagA = await py.monotonic();
    // target=_wait() calls the function here and now, and hands its answer, None, to the thread.
    if (how === 'called') await sixty(py);
    const thread = await Thread.create(py, { target: how === 'called' ? 'nothing' : 'sixty', daemon: false });
    await thread.start();
    const flagB = await py.monotonic();
    await py.print(`${(flagB - flagA).toFixed(2)}`);
    return 0;
  },
  nothing: async () => {},
  sixty: (py: Python) => sixty(py),
});

async function sixty(py: Python): Promise<void> {
  await py.sleep(60);
}
