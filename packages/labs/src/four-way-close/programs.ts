/**
 * The two ends of the closing lab. The caller's first line tells the other side when to close: `after MS` waits for the end of the stream and
 * then so long, `now MS` closes so long after the line, whether the caller has closed or not.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, receiveToEnd, sendAll } from '../lib/tcp.ts';

const MS = 1_000_000;

/** `answer PORT`: says on its standard output how each connection ended. */
export const answer: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    const [when, delayMs] = decodeUtf8(await sys.recv(fd, 100)).split(' ');
    await print(sys, `${when === 'after' ? await ending(sys, fd) : 'closed first'}\n`);
    if (Number(delayMs) > 0) await sys.nanosleep(Number(delayMs) * MS);
    await sys.close(fd);
  }
};

/** What the end of the stream looks like from here: an end of file, or an errno. */
async function ending(sys: Sys, fd: number): Promise<string> {
  try {
    await receiveToEnd(sys, fd);
    return 'end of file';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** `call ADDRESS PORT TIMES WHEN THEIR-MS OWN-MS [abort]`: closes OWN-MS after its line; with `abort` by SO_LINGER with no time, which is RST. */
export const call: Program = async (sys, argv) => {
  const [address = '', port, times, when, theirMs, ownMs, abort] = argv.slice(1);
  for (let i = 0; i < Number(times); i++) {
    const fd = await connectTo(sys, address, Number(port));
    await sendAll(sys, fd, encodeUtf8(`${when} ${theirMs}`));
    await sys.nanosleep(Number(ownMs) * MS);
    if (abort === 'abort') await sys.setsockopt(fd, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
    await sys.close(fd);
    await sys.nanosleep((Number(theirMs) + 100) * MS);
  }
  return 0;
};
