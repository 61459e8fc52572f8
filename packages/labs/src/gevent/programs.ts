/** Greenlets: the notes' play and sleep, three sleepers, and downloads by a client that knows nothing of greenlets. */
import { SysError } from '@netarium/core/base/errno.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { Hub } from '@netarium/userland/runtimes/gevent.ts';
import { patchAll } from '@netarium/userland/runtimes/monkey.ts';
import { connectTo, receiveToEnd, sendAll } from '../lib/tcp.ts';

const [SECOND_NS, MS] = [1_000_000_000, 1_000_000];

/** `play-and-sleep join|leave`: spawns the two functions; joins them, or ends without. */
export const playAndSleep: Program = async (sys, argv) => {
  const hub = await Hub.create(sys);
  const act = (what: string) => async () => {
    await print(sys, `start ${what}\n`);
    await hub.sleep(SECOND_NS);
    await print(sys, `end ${what}\n`);
  };
  const greenlets = [hub.spawn(act('play')), hub.spawn(act('sleep'))];
  await print(sys, 'spawned\n');
  if (argv[1] === 'join') await hub.joinAll(greenlets);
  await hub.close();
  return 0;
};

/**
 * The system calls that a module took at its beginning: patched where patching came first, otherwise the real ones, which patching cannot reach any more
 * (`from time import sleep` before `patch_all`).
 */
function importedCalls(hub: Hub, patching: string | undefined): Sys {
  return patching === 'first' ? patchAll(hub) : hub.sys;
}

async function timed(sys: Sys, what: string, work: () => Promise<void>): Promise<void> {
  const startNs = await sys.clock_gettime('monotonic');
  await work();
  const tookNs = (await sys.clock_gettime('monotonic')) - startNs;
  await print(sys, `${what} took ${Math.round(tookNs / MS)} ms\n`);
}

/** `sleepers first|late`: three greenlets that call the system's sleep of a second. */
export const sleepers: Program = async (sys, argv) => {
  const hub = await Hub.create(sys);
  const calls = importedCalls(hub, argv[1]);
  await timed(sys, 'three sleeps', () => hub.joinAll([1, 2, 3].map(() => hub.spawn(() => calls.nanosleep(SECOND_NS)))));
  await hub.close();
  return 0;
};

/** `downloads first|late COUNT ADDRESS PORT`: a greenlet for each download; the client blocks, as far as it knows. */
export const downloads: Program = async (sys, argv) => {
  const [patching, count, address = '', port] = argv.slice(1);
  const hub = await Hub.create(sys);
  const calls = importedCalls(hub, patching);
  const download = async () => {
    const fd = await connectTo(calls, address, Number(port));
    await sendAll(calls, fd, encodeUtf8('GET\n'));
    const { length } = await receiveToEnd(calls, fd);
    await calls.close(fd);
    return length;
  };
  const greenlets = Array.from({ length: Number(count) }, () => hub.spawn(download));
  await timed(sys, `${count} downloads`, () => hub.joinAll(greenlets));
  await print(sys, `${greenlets.reduce((sum, { value = 0 }) => sum + value, 0)} bytes\n`);
  await hub.close();
  return 0;
};

/** `slow-server PORT COUNT`: answers each of so many clients with 1000 bytes a second after its request. */
export const slowServer: Program = async (real, argv) => {
  const hub = await Hub.create(real);
  const sys = patchAll(hub);
  const listening = await sys.socket('inet', 'stream');
  await sys.setsockopt(listening, 'socket', 'SO_REUSEADDR', 1);
  await sys.bind(listening, { family: 'inet', address: '0.0.0.0', port: Number(argv[1]) });
  await sys.listen(listening, 128);
  const served: { join(): Promise<void> }[] = [];
  for (let i = 0; i < Number(argv[2]); i++) {
    const { fd } = await sys.accept(listening);
    served.push(hub.spawn(() => answer(sys, fd)));
  }
  for (const each of served) await each.join();
  await sys.close(listening);
  await hub.close();
  return 0;
};

async function answer(sys: Sys, fd: number): Promise<void> {
  try {
    await sys.recv(fd, 100);
    await sys.nanosleep(SECOND_NS);
    await sendAll(sys, fd, new Uint8Array(1000).fill(0x67));
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
  }
  await sys.close(fd);
}
