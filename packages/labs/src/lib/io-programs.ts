/** What the labs of the I/O models share: a peer that speaks late, and a program's own counters. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { readText } from '@netarium/userland/lib/stdio.ts';
import { listenAt } from './tcp.ts';

export const MS = 1_000_000;

/** `late-sender PORT DELAY-MS LINGER-MS TEXT`: each caller gets the text after the delay, and the end of the stream after the linger. */
export const lateSender: Program = async (sys, argv) => {
  const [port, delayMs, lingerMs] = argv.slice(1, 4).map(Number);
  const listening = await listenAt(sys, port!, 16);
  for (;;) {
    const { fd } = await sys.accept(listening);
    await sys.nanosleep(delayMs! * MS);
    await sys.send(fd, encodeUtf8(argv[4] ?? 'hello'), { nosignal: true }).catch(() => 0);
    await sys.nanosleep(lingerMs! * MS);
    await sys.close(fd);
  }
};

/** CPU time that this process's first thread has used (/proc/<pid>/schedstat). */
export async function cpuNs(sys: Sys): Promise<number> {
  return Number((await readText(sys, `/proc/${await sys.getpid()}/schedstat`)).split(' ')[0]);
}

export interface Counters {
  readonly calls: number;
  readonly blocked: number;
  readonly wakeups: number;
  readonly again: number;
  readonly scanned: number;
}

/** What the kernel has counted for the first thread. */
export async function counters(sys: Sys): Promise<Counters> {
  const pid = await sys.getpid();
  const lines = await readText(sys, `/proc/${pid}/task/${pid}/calls`);
  const entries = [...lines.matchAll(/^(\w+):\t(\d+)$/gm)].map(([, name, value]) => [name!, Number(value)] as const);
  return Object.fromEntries(entries) as unknown as Counters;
}
