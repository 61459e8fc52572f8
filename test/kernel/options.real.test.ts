/**
 * What setsockopt(2) says to thirty values of each option that holds a number, and what getsockopt(2) reads back: our sockets and the kernel's of this machine.
 * Needs root and Python 3.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Errno } from '../../packages/core/src/base/errno.ts';
import { DEFAULT_ADDRESSES, Testbed } from '../../packages/core/src/check/packetscript/testbed.ts';
import type { SocketLevel } from '../../packages/core/src/socket/types.ts';
import { KINDS, socketsOf } from './host-sockets.ts';
import { askPython } from './python.ts';

/** With their numbers in the kernel's headers. */
const OPTIONS: Readonly<Partial<Record<SocketLevel, Readonly<Record<string, number>>>>> = {
  socket: {
    ...{ SO_REUSEADDR: 2, SO_TYPE: 3, SO_ERROR: 4, SO_DONTROUTE: 5, SO_BROADCAST: 6, SO_SNDBUF: 7, SO_RCVBUF: 8 },
    ...{ SO_KEEPALIVE: 9, SO_OOBINLINE: 10, SO_NO_CHECK: 11, SO_PRIORITY: 12, SO_REUSEPORT: 15, SO_RCVLOWAT: 18 },
    ...{ SO_TIMESTAMP: 29, SO_ACCEPTCONN: 30, SO_SNDBUFFORCE: 32, SO_RCVBUFFORCE: 33, SO_TIMESTAMPNS: 35 },
    ...{ SO_MARK: 36, SO_PROTOCOL: 38, SO_DOMAIN: 39, SO_PEEK_OFF: 42, SO_ZEROCOPY: 60 },
  },
  ip: {
    ...{ IP_TOS: 1, IP_TTL: 2, IP_HDRINCL: 3, IP_PKTINFO: 8, IP_MTU_DISCOVER: 10, IP_RECVERR: 11, IP_RECVTTL: 12 },
    ...{ IP_RECVTOS: 13, IP_MTU: 14, IP_FREEBIND: 15, IP_MULTICAST_TTL: 33, IP_MULTICAST_LOOP: 34 },
    ...{ IP_MULTICAST_ALL: 49 },
  },
  tcp: {
    ...{ TCP_NODELAY: 1, TCP_MAXSEG: 2, TCP_CORK: 3, TCP_KEEPIDLE: 4, TCP_KEEPINTVL: 5, TCP_KEEPCNT: 6, TCP_SYNCNT: 7 },
    ...{ TCP_LINGER2: 8, TCP_DEFER_ACCEPT: 9, TCP_WINDOW_CLAMP: 10, TCP_QUICKACK: 12, TCP_THIN_LINEAR_TIMEOUTS: 16 },
    ...{ TCP_USER_TIMEOUT: 18, TCP_NOTSENT_LOWAT: 25, TCP_INQ: 36 },
  },
};
const VALUES = [
  ...[-0x8000_0000, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 31, 32, 33, 64, 100, 127, 128, 255, 256, 1000, 5000],
  ...[32_767, 32_768, 65_535, 65_536, 1 << 20, 0x7fff_ffff],
];

/** What docs/coverage/kernel.md lists as not here. */
const NOT_COMPARED: ReadonlySet<string> = new Set([
  'TCP SO_TIMESTAMP',
  'TCP SO_TIMESTAMPNS',
  'TCP IP_MULTICAST_ALL',
  'raw IP_MULTICAST_ALL',
  'UDP SO_ZEROCOPY',
  'raw SO_ZEROCOPY',
]);

/** Buffers are as large as the machine has them. */
const MACHINES = [
  ...['net.core.rmem_default', 'net.core.rmem_max', 'net.core.wmem_default', 'net.core.wmem_max'],
  ...['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'],
];

function ours(): string[] {
  const bed = new Testbed(DEFAULT_ADDRESSES);
  for (const name of MACHINES) {
    const value = readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8');
    expect(bed.ctx.sysctl.get(name)!.set(value), name).toBe(true);
  }
  const sockets = socketsOf(bed);
  const text = (outcome: unknown) => (outcome instanceof Errno ? outcome.code : String(outcome ?? 'ok'));
  return KINDS.flatMap((kind) =>
    Object.entries(OPTIONS).flatMap(([level, options]) =>
      Object.keys(options).flatMap((name) => {
        const socket = sockets(kind);
        const get = () => text(socket.getOption(level as SocketLevel, name));
        const first = `${kind} ${name} at first: ${get()}`;
        const set = (value: number) => text(socket.setOption(level as SocketLevel, name, value));
        return [first, ...VALUES.map((value) => `${kind} ${name} = ${value}: ${set(value)}, then ${get()}`)];
      }),
    ),
  );
}

test('each value of each option is taken or refused as by the kernel, and read back alike', () => {
  const compared = (lines: readonly string[]) =>
    lines.filter((line) => !NOT_COMPARED.has(line.split(' ').slice(0, 2).join(' ')));
  const kernel = askPython<string[]>('options.py', { options: OPTIONS, values: VALUES }, 60_000);
  expect(compared(ours())).toEqual(compared(kernel));
  expect(kernel.length).toBe(KINDS.length * 51 * (1 + VALUES.length));
});
