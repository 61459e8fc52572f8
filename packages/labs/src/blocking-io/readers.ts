/** Two ways to read what comes late: to wait in the call, or to be told to try again. */
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { counters, cpuNs, MS } from '../lib/io-programs.ts';
import { connectTo } from '../lib/tcp.ts';

/** What a non-blocking reader does between two tries. */
const OTHER_WORK_NS = MS / 2;

/** One look: the data, or undefined where there is none yet. */
async function tryOnce(sys: Sys, fd: number): Promise<Uint8Array | undefined> {
  try {
    return await sys.recv(fd, 100);
  } catch (error) {
    if (error instanceof SysError && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** `reader MODE ADDRESS PORT`: reads to the end of the stream, prints each answer that differs from the one before, and what it cost. */
export const reader: Program = async (sys, argv) => {
  const fd = await connectTo(sys, argv[2]!, Number(argv[3]));
  await sys.setNonblock(fd, argv[1] === 'nonblocking');
  const before = await cpuNs(sys);
  let tries = 0;
  let last = '';
  for (;;) {
    const data = await tryOnce(sys, fd);
    const answer = data === undefined ? 'EAGAIN' : data.length === 0 ? 'end' : decodeUtf8(data);
    if (answer !== last) await print(sys, `${answer}\n`);
    last = answer;
    if (answer === 'end') break;
    if (answer !== 'EAGAIN') continue;
    tries++;
    await sys.cpu(OTHER_WORK_NS);
  }
  const { again } = await counters(sys);
  await print(sys, `cpu ${(await cpuNs(sys)) - before}\nagain ${again}\ntries ${tries}\n`);
  await sys.close(fd);
  return 0;
};
