import { describe, expect, test } from 'vitest';
import { Ipv4Address } from '../base/address.ts';
import { MS, SECOND } from '../time/instant.ts';
import { IGMP_TYPE, igmpMessage } from '../wire/igmp.ts';
import { IP_PROTOCOL, type Ipv4Packet, RawPdu } from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import { ip, TestWorld, Watch } from './hosts.test-kit.ts';

const GROUP = ip('239.1.2.3') as Ipv4Address;
const OTHER = ip('239.1.2.4') as Ipv4Address;
const ETH0 = { name: 'eth0' };
const EVERYBODY = new Ipv4Address(0xe000_0001);

/** A host that may join groups, a querier, and what the host says. */
function link(seed = 1) {
  const world = new TestWorld(seed);
  const host = world.host('a', { eth0: '10.0.0.1/24' });
  const router = world.host('r', { eth0: '10.0.0.254/24' });
  world.cable(host.eth(), router.eth());
  const watch = new Watch(host.eth());
  const query = (pdu: RawPdu, to = EVERYBODY): void => {
    const path = router.stack.route(to, undefined, { name: 'eth0' });
    if ('hop' in path) {
      const ident = router.context.ids.next();
      router.stack.output(path, pdu, IP_PROTOCOL.igmp, {
        tos: 0xc0,
        ttl: 1,
        dontFragment: true,
        ident: { id: ident, cause: 'origin', of: 0 },
      });
    }
  };
  const said = (): string[] => {
    const sent = watch.lines
      .map((line, i) => [line, i] as const)
      .filter(([line]) => line.includes(' out '))
      .map(([line, i]) => [Number(line.split(' ')[0]), watch.packets[i]!] as const);
    watch.lines.length = watch.packets.length = 0;
    return sent.map(([at, packet]) => `${Math.round(at / MS)} ${words(packet)}`);
  };
  return { world, host, router, query, said };
}

/** Destination and content of an IGMP packet. */
function words(packet: Ipv4Packet): string {
  const bytes = (packet.payload as RawPdu).payload.bytes();
  const group = (at: number): string => bytes.subarray(at, at + 4).join('.');
  if (bytes[0] !== IGMP_TYPE.report3) return `${packet.dst} ${bytes[0]!.toString(16)} ${group(4)}`;
  const records: string[] = [];
  for (let at = 8; at < bytes.length; at += 8) records.push(`${bytes[at]} ${group(at + 4)}`);
  return `${packet.dst} ${records.join(', ')}`;
}

/** A version 3 general query (RFC 3376 section 4.1). */
function query3(code: number): RawPdu {
  const bytes = Uint8Array.of(IGMP_TYPE.query, code, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0);
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  const check = ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
  bytes[2] = check >> 8;
  bytes[3] = check & 255;
  return new RawPdu(payloadOf(bytes));
}

describe('version 3 (RFC 3376)', () => {
  test('the first member tells a change twice, the last one too; further members say nothing', () => {
    const { world, host, said } = link();
    host.stack.joinGroup(GROUP, ETH0);
    host.stack.joinGroup(GROUP, ETH0);
    world.run(5 * SECOND);
    const joined = said();
    expect(joined.length).toBe(2);
    expect(joined[0]).toBe('8 224.0.0.22 4 239.1.2.3');
    expect(joined[1]).toMatch(/^\d+ 224\.0\.0\.22 4 239\.1\.2\.3$/);
    host.stack.leaveGroup(GROUP, ETH0);
    world.run(10 * SECOND);
    expect(said()).toEqual([]);
    host.stack.leaveGroup(GROUP, ETH0);
    world.run(15 * SECOND);
    expect(said().map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
      '224.0.0.22 3 239.1.2.3',
      '224.0.0.22 3 239.1.2.3',
    ]);
  });

  test('TTL 1, router alert, precedence 6, DF (section 4)', () => {
    const { world, host } = link();
    const watch = new Watch(host.eth());
    host.stack.joinGroup(GROUP, ETH0);
    world.run(20 * MS);
    const [packet] = watch.packets;
    expect([packet!.ttl, packet!.tos, packet!.dontFragment, [...packet!.options!]]).toEqual([
      1,
      0xc0,
      true,
      [148, 4, 0, 0],
    ]);
  });

  test('a general query is answered by one report of all groups, within the time that it allows', () => {
    for (let seed = 1; seed < 20; seed++) {
      const { world, host, query, said } = link(seed);
      host.stack.joinGroup(GROUP, ETH0);
      host.stack.joinGroup(OTHER, ETH0);
      world.run(10 * SECOND);
      said();
      query(query3(20));
      world.run(20 * SECOND);
      const [answer, ...more] = said();
      expect(answer).toMatch(/^\d+ 224\.0\.0\.22 2 239\.1\.2\.4, 2 239\.1\.2\.3$/);
      expect(Number.parseInt(answer!, 10)).toBeLessThanOrEqual(12_008);
      expect(more).toEqual([]);
    }
  });

  test('224.0.0.1 is never told of; other link-local groups not with igmp_link_local_mcast_reports 0', () => {
    const { world, host, query, said } = link();
    host.set('net.ipv4.igmp_link_local_mcast_reports', 0);
    host.stack.joinGroup(ip('224.0.0.251'), ETH0);
    query(query3(20));
    world.run(10 * SECOND);
    expect(said()).toEqual([]);
  });

  test('igmp_qrv 1: told once', () => {
    const { world, host, said } = link();
    host.set('net.ipv4.igmp_qrv', 1);
    host.stack.joinGroup(GROUP, ETH0);
    world.run(10 * SECOND);
    expect(said().length).toBe(1);
  });

  test('a card that comes up tells its groups', () => {
    const { world, host, said } = link();
    const { ifindex } = host.eth();
    host.stack.joinGroup(GROUP, ETH0);
    world.run(10 * SECOND);
    host.stack.config.setUp(ifindex, false);
    world.run(20 * SECOND);
    said();
    host.stack.config.setUp(ifindex, true);
    world.run(30 * SECOND);
    expect(said().every((line) => line.endsWith('224.0.0.22 4 239.1.2.3'))).toBe(true);
  });
});

describe('older versions', () => {
  test('force_igmp_version 2: reports to the group, a leave to all routers (RFC 2236)', () => {
    const { world, host, said } = link();
    host.set('net.ipv4.conf.eth0.force_igmp_version', 2);
    host.stack.joinGroup(GROUP, ETH0);
    world.run(20 * SECOND);
    expect(said().map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
      '239.1.2.3 16 239.1.2.3',
      '239.1.2.3 16 239.1.2.3',
    ]);
    host.stack.leaveGroup(GROUP, ETH0);
    expect(said()).toEqual(['20000 224.0.0.2 17 239.1.2.3']);
  });

  test('a querier of version 2 makes the host speak version 2, until it is not heard any more (RFC 3376 section 7.2.1)', () => {
    const { world, host, query, said } = link();
    host.stack.joinGroup(GROUP, ETH0);
    world.run(10 * SECOND);
    said();
    query(igmpMessage(IGMP_TYPE.query, 50, new Ipv4Address(0)));
    world.run(20 * SECOND);
    expect(said().map((line) => line.slice(line.indexOf(' ') + 1))).toEqual(['239.1.2.3 16 239.1.2.3']);
    world.run(400 * SECOND);
    host.stack.joinGroup(OTHER, ETH0);
    world.run(401 * SECOND);
    expect(said()[0]).toMatch(/224\.0\.0\.22 4 239\.1\.2\.4$/);
  });

  test('a querier of version 1 gets version 1, and no leave (RFC 1112)', () => {
    const { world, host, query, said } = link();
    query(igmpMessage(IGMP_TYPE.query, 0, new Ipv4Address(0)));
    world.run(1 * SECOND);
    host.stack.joinGroup(GROUP, ETH0);
    world.run(30 * SECOND);
    expect(said()[0]).toMatch(/239\.1\.2\.3 12 239\.1\.2\.3$/);
    host.stack.leaveGroup(GROUP, ETH0);
    world.run(40 * SECOND);
    expect(said()).toEqual([]);
  });

  test("another member's report is enough: ours is not sent, nor the leave (RFC 2236 section 3)", () => {
    const { world, host, query, said } = link();
    host.set('net.ipv4.conf.eth0.force_igmp_version', 2);
    host.stack.joinGroup(GROUP, ETH0);
    world.run(30 * SECOND);
    said();
    query(igmpMessage(IGMP_TYPE.query, 100, new Ipv4Address(0)));
    world.run(30 * SECOND + MS);
    query(igmpMessage(IGMP_TYPE.report2, 0, GROUP), GROUP);
    world.run(60 * SECOND);
    host.stack.leaveGroup(GROUP, ETH0);
    expect(said()).toEqual([]);
  });

  test('a broken message is dropped', () => {
    const { world, host, query, said } = link();
    host.stack.joinGroup(GROUP, ETH0);
    world.run(10 * SECOND);
    said();
    query(new RawPdu(payloadOf(Uint8Array.of(IGMP_TYPE.query, 20, 1, 2, 0, 0, 0, 0))));
    world.run(20 * SECOND);
    expect(said()).toEqual([]);
    expect(world.reported('ip.drop', 'a').map(({ detail }) => detail)).toEqual(['IGMP']);
  });
});
