/**
 * Random sequences of socket calls on one host without a network but its own loopback, in the steps of test/two-arms/calls.ts: sound ones, ones in the wrong order and ones with wrong
 * arguments. Nothing blocks, and after each call the host gets a moment.
 */
import type { Stream } from '@netarium/core/random/random.ts';

const ADDRESSES = [
  '127.0.0.1',
  '127.0.0.1',
  '127.0.0.1',
  '127.0.0.2',
  '0.0.0.0',
  '10.9.9.9',
  '255.255.255.255',
  '224.0.0.1',
];
const PORTS = [7000, 7000, 7000, 7001, 7002, 0, 80];
const NAMES = ['a', 'b', 'c', 'd'];
const EVENTS = ['IN', 'OUT', 'IN,OUT', 'IN,OUT,RDHUP', 'PRI,IN', 'HUP'];
const READABLE = ['SO_ERROR', 'SO_ERROR', 'SO_TYPE', 'SO_ACCEPTCONN', 'SO_REUSEADDR', 'SO_BROADCAST', 'SO_KEEPALIVE'];
const TCP_OPTIONS = [
  'TCP_NODELAY',
  'TCP_KEEPIDLE',
  'TCP_KEEPINTVL',
  'TCP_KEEPCNT',
  'TCP_SYNCNT',
  'TCP_MAXSEG',
  'TCP_USER_TIMEOUT',
  'TCP_DEFER_ACCEPT',
];
const VALUES = [0, 1, 1, 5, 100, 300, -1, 40_000];

/** Calls as `CALL NAME ARGUMENTS`, one by one. */
export function randomCalls(random: Stream): readonly string[] {
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const often = (percent: number): boolean => random.below(100) < percent;
  const steps: string[] = [];
  const alive = new Set<string>();
  const kinds = new Map<string, string>();
  const add = (step: string): void => void steps.push(step);
  const open = (name: string, kind: string): void => {
    add(`socket ${name} ${kind}`);
    add(`nonblock ${name}`);
    alive.add(name);
    kinds.set(name, kind);
  };
  const place = (): string => `${pick(ADDRESSES)} ${pick(PORTS)}`;
  const kind = often(75) ? 'tcp' : 'udp';
  open('a', kind);
  if (often(60)) beginSoundly(kind, open, add, alive);
  const calls: readonly ((name: string) => void)[] = [
    (name) => add(`bind ${name} ${place()}`),
    (name) => add(`listen ${name} ${pick([0, 1, 5, -1])}`),
    (name) => add(`connect ${name} ${place()}`),
    (name) => add(`connect ${name} 127.0.0.1 7000`),
    (name) => add(`send ${name} ${pick(['x', 'hello', 'size:3000'])} nosignal`),
    (name) => add(`send ${name} x nosignal`),
    (name) => {
      // On a stream it would end in SIGPIPE, which nobody here survives.
      if (kinds.get(name) === 'udp') add(`sendto ${name} ${place()} x`);
    },
    (name) => add(`recv ${name} ${pick([1, 3, 100])}${often(25) ? ' peek' : ''}`),
    (name) => add(`recv ${name} 100`),
    (name) => add(`shutdown ${name} ${pick(['read', 'write', 'both'])}`),
    (name) => add(`getsockname ${name}`),
    (name) => add(`getpeername ${name}`),
    (name) => add(`getsockopt ${name} socket ${pick(READABLE)}`),
    (name) => add(`getsockopt ${name} tcp ${pick(TCP_OPTIONS.filter((option) => option !== 'TCP_MAXSEG'))}`),
    (name) => add(`setsockopt ${name} tcp ${pick(TCP_OPTIONS)} ${pick(VALUES)}`),
    (name) =>
      add(`setsockopt ${name} socket ${pick(['SO_REUSEADDR', 'SO_BROADCAST', 'SO_KEEPALIVE'])} ${pick([0, 1])}`),
    (name) => add(`setsockopt ${name} ip IP_TTL ${pick([0, 1, 64, 255, 256, -1])}`),
    (name) => add(`linger ${name} ${pick([0, 1])}`),
    (name) => add(`poll ${name} ${pick(EVENTS)} 0`),
    (name) => add(`poll ${name} IN,OUT,RDHUP 0`),
    (name) => {
      const child = pick(NAMES);
      if (alive.has(child)) return;
      add(`accept ${name} ${child}`);
      add(`nonblock ${child}`);
      alive.add(child);
      kinds.set(child, 'tcp');
    },
    (name) => {
      add(`close ${name}`);
      alive.delete(name);
    },
    () => {
      const name = pick(NAMES);
      if (!alive.has(name)) open(name, often(70) ? kind : 'udp');
    },
  ];
  for (let left = 3 + random.below(9); left > 0; left--) {
    const name = pick(alive.size === 0 || often(3) ? NAMES : [...alive]);
    if (alive.has(name)) pick(calls)(name);
    else add(`${pick(['listen', 'send', 'getpeername'])} ${name} 1`);
  }
  return steps;
}

/** A listener with a connection, or a bound datagram socket with a peer: what most calls are about. */
function beginSoundly(
  kind: string,
  open: (name: string, kind: string) => void,
  add: (step: string) => void,
  alive: Set<string>,
): void {
  add('bind a 127.0.0.1 7000');
  if (kind === 'tcp') add('listen a 1');
  open('b', kind);
  add('connect b 127.0.0.1 7000');
  if (kind === 'udp') return;
  add('accept a c');
  add('nonblock c');
  alive.add('c');
}
