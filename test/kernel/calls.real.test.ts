/** Random socket calls: each answers on a simulated host what it answers on the kernel of this machine. Needs root and Python 3. CALLS_SEED and CALLS_CASES make another run. */
import { Stream } from '@netarium/core/random/random.ts';
import { expect, test } from 'vitest';
import { compareCalls } from './compare-calls.ts';
import { randomCalls } from './random-calls.ts';

const SEED = Number(process.env.CALLS_SEED ?? 1);
const CASES = Number(process.env.CALLS_CASES ?? 300);
/** The rest are ports that an ended connection keeps or gives back, and the order of two reasons to refuse. */
const AGREEMENT_MIN = 0.97;

/** Sockets of datagrams where random calls seldom come. */
const DATAGRAMS = [
  'bind a 127.0.0.1 7000 | socket b udp | shutdown a read | sendto b 127.0.0.1 7000 late | poll a IN,RDHUP 0 | recv a 9 | recv a 9',
  'connect a 127.0.0.1 9 | send a x | sendto a 10.9.9.9 7 x | send a y | send a z',
  'connect a 127.0.0.1 9 | send a x | sendto a 255.255.255.255 7 x | send a y | send a z',
  'connect a 127.0.0.1 9 | send a x | send a size:65508 | send a size:70000 | send a y',
  'sendto a 10.9.9.9 7 size:65508 | sendto a 10.9.9.9 7 size:70000 | sendto a 10.9.9.9 0 x',
  'connect a 127.0.0.1 9 | shutdown a write | send a x | connect a 127.0.0.1 10 | send a x',
  'setsockopt a ip IP_RECVERR 1 | sendto a 127.0.0.1 9 x | sendto a 127.0.0.1 9 y | recv a 10 | recv a 10',
  'getsockopt a ip IP_MTU | connect a 127.0.0.1 9 | getsockopt a ip IP_MTU',
  'connect a 127.0.0.1 0 | getpeername a | getsockname a | send a x',
  'setsockopt a ip IP_MULTICAST_TTL 256 | setsockopt a ip IP_MULTICAST_TTL 7 | setsockopt a ip IP_MULTICAST_TTL -1 | getsockopt a ip IP_MULTICAST_TTL',
  'setsockopt a ip IP_TOS 256 | getsockopt a ip IP_TOS | setsockopt a ip IP_TOS -1 | getsockopt a ip IP_TOS',
  'setsockopt a socket SO_NO_CHECK 1 | getsockopt a socket SO_NO_CHECK',
  'setsockopt a socket SO_BROADCAST 1 | bind a 0.0.0.0 7000 | sendto a 127.255.255.255 7000 x | recvfrom a 10 | sendto a 255.255.255.255 7000 x',
];

test('chosen sequences of calls on datagram sockets: the kernel’s values and errno', async () => {
  const cases = DATAGRAMS.map((steps) => ['socket a udp', 'nonblock a', ...steps.split(' | ')]);
  expect((await compareCalls(cases)).differences).toEqual([]);
});

test(`${CASES} random sequences of calls with seed ${SEED}: the kernel's values and errno`, async () => {
  const random = new Stream(SEED, 'calls');
  const { differences } = await compareCalls(Array.from({ length: CASES }, () => randomCalls(random)));
  const told = differences.map(({ sent, ours, kernel }) => ({ sent, ours, kernel }));
  expect(told.length / CASES, JSON.stringify(told.slice(0, 3), undefined, 1)).toBeLessThanOrEqual(1 - AGREEMENT_MIN);
});
