/** The IGMP of our hosts and of the kernel of this machine: the same joins, leaves and queries, the same messages. Needs root, /dev/net/tun and Python 3. */
import { Errno } from '@netarium/core/base/errno.ts';
import { ip, type TestHost, TestWorld, Watch } from '@netarium/core/network/hosts.test-kit.ts';
import { MS } from '@netarium/core/time/instant.ts';
import { IP_PROTOCOL, type Ipv4Packet, PacketId, RawPdu } from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';
import { expect, test } from 'vitest';
import { askPython } from './python.ts';

type Step = readonly ['join' | 'leave' | 'query', string, number];
/** Destination, service class, TTL, options, message. */
type Message = readonly [string, number, number, string, string];

/** Each wait is longer than whatever is drawn at random for the answer. */
const STEPS: readonly Step[] = [
  ['join', '239.1.2.3', 1500],
  ['join', '239.1.2.4', 1500],
  ['join', '224.0.0.251', 1500],
  ['query', '1114ec6e00000000027d0000', 2300], // version 3, general, 2 s
  ['query', '110afb73ef010203027d0000', 1300], // version 3, of one group
  ['leave', '239.1.2.4', 1500],
  ['query', '110aeef500000000', 1300], // version 2, general, 1 s
  ['query', '110afdf0ef010203', 1300], // version 2, of one group
  ['leave', '239.1.2.3', 300],
];

function ours(): Message[][] {
  const world = new TestWorld();
  const host = world.host('a', { eth0: '10.0.0.1/24' });
  const querier = world.host('q', { eth0: '10.0.0.254/24' });
  world.cable(host.eth(), querier.eth());
  const watch = new Watch(host.eth());
  const card = { name: 'eth0' };
  let at = 0;
  return STEPS.map(([what, value, waitMs]) => {
    if (what === 'join') host.stack.joinGroup(ip(value), card);
    else if (what === 'leave') host.stack.leaveGroup(ip(value), card);
    else ask(querier, value);
    at += waitMs;
    world.run(at * MS);
    return watch.packets
      .splice(0)
      .filter((packet) => packet.src.key === ip('10.0.0.1').key)
      .map(message);
  });
}

/** From the querier to all hosts, with TTL 1. */
function ask(querier: TestHost, hex: string): void {
  const path = querier.stack.route(ip('224.0.0.1'), undefined, { name: 'eth0' });
  if (path instanceof Errno) throw path;
  const payload = new RawPdu(payloadOf(Uint8Array.from(Buffer.from(hex, 'hex'))));
  const ident = new PacketId(querier.context.ids.next());
  querier.stack.output(path, payload, IP_PROTOCOL.igmp, { tos: 0xc0, ttl: 1, dontFragment: true, ident });
}

function message(packet: Ipv4Packet): Message {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const bytes = (packet.payload as RawPdu).payload.bytes();
  return [packet.dst.toString(), packet.tos, packet.ttl, hex(packet.options ?? new Uint8Array()), hex(bytes)];
}

/** Reports of single groups come in a random order. */
function sorted(messages: readonly Message[]): string[] {
  return messages.map((each) => each.join(' ')).sort();
}

test('joins, leaves and queries of versions 3 and 2: the same messages', () => {
  const kernel = askPython<Message[][]>('igmp.py', STEPS, 60_000);
  expect(ours().map(sorted)).toEqual(kernel.map(sorted));
});
