/** One loop with everything that it can wait for: callbacks, timers and a socket. Each round is told as the loop itself sees it. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { EventLoop, type LoopRound } from '@netarium/userland/runtimes/asyncio/loop.ts';

const MS = 1_000_000;

/**
 * `rounds PORT BUSY-MS later|direct wait|spin`: two timers at 20 and 50 ms, a UDP socket, callbacks that add callbacks. BUSY-MS of computing in the first;
 * what a callback adds is handed to the loop or called on the spot; `spin` keeps a callback always ready.
 */
export const rounds: Program = async (sys, argv) => {
  const [port, busyMs, adding, waiting] = [Number(argv[1]), Number(argv[2]), argv[3], argv[4]];
  const told: LoopRound[] = [];
  const loop = await EventLoop.create(sys, { trace: (round) => told.push(round) });
  const startNs = await loop.timeNs();
  const at = async (what: string) => print(sys, `${Math.round(((await loop.timeNs()) - startNs) / MS)} ms: ${what}\n`);
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port });
  await sys.setNonblock(fd, true);
  await loop.watch(fd, 'read', async () => at(`datagram ${decodeUtf8(await sys.recv(fd, 100))}`), 'datagram');
  loop.callSoon(async () => {
    await at('first');
    if (busyMs > 0) await sys.cpu(busyMs * MS);
    const added = () => at('added by the first');
    if (adding === 'direct') await added();
    else loop.callSoon(added, 'added');
  }, 'first');
  loop.callSoon(() => at('second'), 'second');
  loop.callAt(startNs + 50 * MS, () => at('timer of 50 ms'), 'timer 50');
  loop.callAt(startNs + 20 * MS, () => at('timer of 20 ms'), 'timer 20');
  loop.callAt(startNs + 80 * MS, () => loop.stop(), 'stop');
  const again = async () => {
    await sys.cpu(MS);
    loop.callSoon(again, 'again');
  };
  if (waiting === 'spin') loop.callSoon(again, 'again');
  await loop.runForever();
  await loop.close();
  await sys.close(fd);
  for (const round of told.slice(0, 20)) await print(sys, `${lineOf(round, startNs)}\n`);
  await print(sys, `${told.length} rounds\n`);
  return 0;
};

function lineOf(
  { number, readyBefore, timers, timeoutNs, descriptors, due, runs }: LoopRound,
  startNs: number,
): string {
  const when = timers.map(({ label, atNs }) => `${label} at ${Math.round((atNs - startNs) / MS)}`);
  const wait = timeoutNs < 0 ? 'for ever' : `${Math.round(timeoutNs / MS)} ms`;
  const list = (items: readonly string[]) => `[${items.join(', ')}]`;
  return `round ${number}: ready ${list(readyBefore)}, timers ${list(when)}, wait ${wait}, descriptors ${list(descriptors)}, due ${list(due)}, runs ${list(runs)}`;
}
