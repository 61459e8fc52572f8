/**
 * Socket calls of any order with any arguments, from two hosts at each other: whatever is asked, a call answers a value or an errno, and the world comes to an end with nothing
 * left over. Each character of the input chooses a call or an argument.
 */
import { E } from '@netarium/core/base/errno.ts';
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type {
  MessageFlags,
  Program,
  SockAddr,
  SocketFamily,
  SocketLevel,
  SocketType,
  Sys,
} from '@netarium/core/syscall/sys.ts';
import { systemImage } from '@netarium/userland/image.ts';
import type { Target } from './engine.ts';

const MS = 1_000_000;
const CALLS_MAX = 60;

const NUMBERS = [0, 1, 2, 100, 1460, 65_535, -1, 65_536, 2_147_483_648, 4_294_967_296, 1.5, Number.NaN, 1e300];
const PORTS = [7000, 7001, 7002, 0, 80, 65_535, 65_536, -1, 1.5];
const ADDRESSES = [
  '10.0.1.2',
  '10.0.1.3',
  '127.0.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '10.0.1.255',
  '224.0.0.1',
  '10.0.1.9',
  '10.9.9.9',
  '',
  'x',
  '1.2.3.400',
];
const FAMILIES = ['inet', 'inet', 'inet', 'unix', 'packet', 'inet6'];
const TYPES = ['stream', 'stream', 'dgram', 'raw', 'seqpacket'];
const PROTOCOLS = [undefined, undefined, 'tcp', 'udp', 'icmp', 0, 6, 255, -1];
const LEVELS = ['socket', 'ip', 'tcp', 'packet', 'udp'];
const OPTIONS = [
  ...[
    'SO_REUSEADDR',
    'SO_KEEPALIVE',
    'SO_LINGER',
    'SO_RCVBUF',
    'SO_SNDBUF',
    'SO_RCVTIMEO',
    'SO_ERROR',
    'SO_BROADCAST',
    'SO_BINDTODEVICE',
  ],
  ...[
    'TCP_NODELAY',
    'TCP_MAXSEG',
    'TCP_CORK',
    'TCP_KEEPIDLE',
    'TCP_USER_TIMEOUT',
    'TCP_INFO',
    'TCP_CONGESTION',
    'TCP_WINDOW_CLAMP',
    'TCP_DEFER_ACCEPT',
  ],
  ...[
    'TCP_QUICKACK',
    'TCP_SYNCNT',
    'TCP_LINGER2',
    'TCP_NOTSENT_LOWAT',
    'IP_TTL',
    'IP_TOS',
    'IP_RECVERR',
    'IP_MTU_DISCOVER',
    'IP_HDRINCL',
    'IP_ADD_MEMBERSHIP',
    'SO_NOTHING',
  ],
];
const VALUES = [
  0,
  1,
  2,
  -1,
  5000,
  2_147_483_648,
  'reno',
  'cubic',
  'nothing',
  'eth0',
  { onoff: 1, linger: 0 },
  { onoff: 1, linger: 2 },
  { sec: 0, usec: 1000 },
  {},
];
const FLAGS: readonly MessageFlags[] = [
  {},
  { dontwait: true },
  { dontwait: true, peek: true },
  { oob: true, dontwait: true },
  { more: true, nosignal: true },
  { errqueue: true },
  { trunc: true, dontwait: true },
];
const HOW = ['read', 'write', 'both'] as const;

class Choices {
  private at = 0;

  constructor(private readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  byte(): number {
    return this.ended ? 0 : this.text.charCodeAt(this.at++) & 0xff;
  }

  of<T>(list: readonly T[]): T {
    return list[this.byte() % list.length]!;
  }

  address(): SockAddr {
    const path = this.byte();
    if (path > 250) return { family: 'unix', path: `/tmp/${path}` };
    return { family: 'inet', address: this.of(ADDRESSES), port: this.of(PORTS) };
  }

  data(): Uint8Array {
    return new Uint8Array(this.of([0, 1, 100, 1460, 5000, 100_000])).fill(this.byte());
  }
}

type Call = (sys: Sys, c: Choices, fd: number, fds: number[]) => Promise<unknown>;

const CALLS: readonly Call[] = [
  async (sys, c, _fd, fds) => {
    const protocol = c.of(PROTOCOLS) as 'tcp' | undefined;
    fds.push(
      await sys.socket(c.of(FAMILIES) as SocketFamily, c.of(TYPES) as SocketType, protocol, {
        nonblock: c.byte() % 4 !== 0,
      }),
    );
  },
  (sys, c, fd) => sys.bind(fd, c.address()),
  (sys, c, fd) => sys.listen(fd, c.of(NUMBERS)),
  async (sys, c, fd, fds) => void fds.push((await sys.accept(fd, { nonblock: c.byte() % 2 === 0 })).fd),
  (sys, c, fd) => sys.connect(fd, c.address()),
  (sys, c, fd) => sys.send(fd, c.data(), c.of(FLAGS)),
  (sys, c, fd) => sys.sendto(fd, c.data(), c.address(), c.of(FLAGS)),
  (sys, c, fd) => sys.recv(fd, c.of(NUMBERS), c.of(FLAGS)),
  (sys, c, fd) => sys.recvfrom(fd, c.of(NUMBERS), c.of(FLAGS)),
  (sys, c, fd) => sys.shutdown(fd, c.of(HOW)),
  (sys, _c, fd) => sys.close(fd),
  (sys, _c, fd) => sys.getsockname(fd),
  (sys, _c, fd) => sys.getpeername(fd),
  (sys, c, fd) => sys.setsockopt(fd, c.of(LEVELS) as SocketLevel, c.of(OPTIONS), c.of(VALUES) as number),
  (sys, c, fd) => sys.getsockopt(fd, c.of(LEVELS) as SocketLevel, c.of(OPTIONS)),
  (sys, c, fd) => sys.poll([{ fd, events: c.byte() }], c.of([0, 10 * MS, 500 * MS])),
  async (sys, _c, fd, fds) => void fds.push(await sys.dup(fd)),
  (sys, c, fd) => sys.setNonblock(fd, c.byte() % 2 === 0),
  (sys, c) => sys.nanosleep(c.byte() * MS),
  (sys, c, fd) => sys.read(fd, c.of(NUMBERS)),
  (sys, c, fd) => sys.write(fd, c.data()),
];

function caller(text: string, told: string[]): Program {
  return async (sys) => {
    await sys.sigaction('SIGPIPE', 'ignore');
    const choices = new Choices(text);
    const fds: number[] = [];
    for (let i = 0; i < CALLS_MAX && !choices.ended; i++) {
      const number = choices.byte() % CALLS.length;
      const fd = fds[choices.byte() % (fds.length + 1)] ?? 99;
      try {
        await CALLS[number]!(sys, choices, fd, fds);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === undefined || !Object.hasOwn(E, code)) throw error;
        told.push(`${number}:${code}`);
      }
    }
    return 0;
  };
}

/** Sound conversations to begin with: a call, its descriptor, its arguments. */
const SOCKET = '\0\0\0\0\0\0';
const DATAGRAM_SOCKET = '\0\0\0\0\x02\0';
const SEND = '\x05\x01\x02A\0';
const SERVER = `${SOCKET}\x01\0\0\x03\0\x02\0\x03\x03\0\x01\x07\x01\x03\0${SEND}\x0a\x01`;
const CLIENT = `${SOCKET}\x12\0\x30\x04\0\0\0\0\x05\0\x02A\0\x07\0\x03\0\x09\0\x02\x0a\0`;
const DATAGRAM_SERVER = `${DATAGRAM_SOCKET}\x01\0\0\x03\0\x08\0\x03\0\x06\0\x02A\0\x01\0\0`;
const DATAGRAM_CLIENT = `${DATAGRAM_SOCKET}\x12\0\x30\x01\0\0\x03\0\x06\0\x02A\0\0\0\0\x08\0\x03\0`;

export const socketCalls: Target = {
  name: 'calls',
  corpus: () => [`${SERVER}|${CLIENT}`, `${DATAGRAM_SERVER}|${DATAGRAM_CLIENT}`],
  async run(input) {
    const [first = '', second = ''] = input.split('|');
    const told: string[] = [];
    const definition = lab({
      id: 'calls',
      machines: { a: host({ eth0: '10.0.1.2/24' }), b: host({ eth0: '10.0.1.3/24' }) },
      cables: [cable('a', 'b', { delay: '1ms', rate: '100Mbit' })],
      programs: { first: caller(first, told), second: caller(second, told) },
      until: '20s',
      async script({ a, b, sleep }) {
        a.start('first');
        b.start('second');
        await sleep('10s');
      },
    });
    const { problems } = await runLab(definition, { image: systemImage(), turn }, { seed: 1 });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return [...new Set(told)].sort().join();
  },
};
