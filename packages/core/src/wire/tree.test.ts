import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dhcpFrames, dnsFrames, httpFrames } from '../../../../test/tshark/samples.ts';
import { snmpFrames } from '../../../../test/tshark/snmp-samples.ts';
import { anyFrame } from '../../../../test/wire/arbitrary.ts';
import { parseIpv4, parseMac } from '../base/address.ts';
import { unsigned } from '../base/sequence.ts';
import { encodeFrame, encodeNetwork } from './codec.ts';
import { encodeDhcp } from './dhcp.ts';
import { decodeDhcp } from './dhcp-decoder.ts';
import { DHCP_OPTION, type DhcpOption } from './dhcp-options.ts';
import { ALL_FIELDS } from './fields.ts';
import { ArpPacket, Frame, IcmpMessage, Ipv4Packet, PacketId, TCP_FLAG, TcpSegment, UdpDatagram } from './packet.ts';
import { EMPTY_PAYLOAD, payloadOf } from './payload.ts';
import { dissect, packetTree } from './tree.ts';
import { bitPattern, type TreeNode } from './tree-node.ts';

const ident = new PacketId(1);
const A = parseMac('02:00:00:00:00:01')!;
const B = parseMac('02:00:00:00:00:02')!;
const a = parseIpv4('10.0.1.2')!;
const b = parseIpv4('10.0.2.2')!;

function ip(protocol: number, payload: Ipv4Packet['payload']): Frame {
  return new Frame(
    B,
    A,
    0x0800,
    Ipv4Packet.of({ ident, src: a, dst: b, protocol, ttl: 64, dontFragment: true, payload }),
  );
}

function all(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...all(node.children)]);
}

function find(frame: Frame, name: string): TreeNode {
  const node = all(packetTree(frame)).find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`no ${name}`);
  return node;
}

const syn = ip(
  6,
  new TcpSegment(
    40_000,
    80,
    1000,
    0,
    TCP_FLAG.syn,
    64_240,
    0,
    100,
    0,
    { mss: 1460, sackPermitted: true, windowScale: 7 },
    EMPTY_PAYLOAD,
  ),
);

describe('a SYN', () => {
  test('columns in the words of Wireshark', () => {
    const { info, protocol, source, destination, protocols } = dissect(syn);
    expect(info).toBe('40000 → 80 [SYN] Seq=1000 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=100 TSecr=0 WS=128');
    expect([protocol, source, destination]).toEqual(['TCP', '10.0.1.2', '10.0.2.2']);
    expect(protocols.join(':')).toBe('eth:ethertype:ip:tcp');
  });

  test('fields know their bytes and bits', () => {
    expect(find(syn, 'ip.ttl')).toMatchObject({ value: 64, start: 22, end: 23 });
    const bit = find(syn, 'tcp.flags.syn');
    expect([bit.value, bit.start, bit.end, bit.field.mask]).toEqual([1, 47, 48, 0x02]);
    expect(bitPattern(bit, encodeFrame(syn))).toBe('.... ..1.');
    expect(find(syn, 'tcp.options.mss_val')).toMatchObject({ value: 1460, start: 56, end: 58 });
  });

  test('lines in both languages', () => {
    expect(find(syn, 'ip.ttl').text('en')).toBe('Time to Live: 64');
    expect(find(syn, 'ip.ttl').text('zh')).toBe('生存时间 TTL: 64');
    expect(find(syn, 'eth.type').text('en')).toBe('Type: IPv4 (0x0800)');
    expect(find(syn, 'ip.flags.df').text('en')).toBe("Don't fragment: Set");
    expect(find(syn, 'ip.flags.df').text('zh')).toContain('置位');
  });
});

test('ARP in the words of Wireshark', () => {
  const arp = (operation: number, senderIp = a, targetIp = b): string =>
    dissect(new Frame(B, A, 0x0806, new ArpPacket(ident, operation, A, senderIp, B, targetIp))).info;
  expect(arp(1)).toBe('Who has 10.0.2.2? Tell 10.0.1.2');
  expect(arp(2)).toBe('10.0.1.2 is at 02:00:00:00:00:01');
  expect(arp(1, parseIpv4('0.0.0.0')!)).toBe('Who has 10.0.2.2? (ARP Probe)');
  expect(arp(1, b)).toBe('ARP Announcement for 10.0.2.2');
});

test('ICMP errors show the quoted headers below them, and keep their own columns', () => {
  const quote = encodeNetwork(ip(17, new UdpDatagram(5000, 33_434, payloadOf(new Uint8Array(20)))).payload).slice(
    0,
    28,
  );
  const error = ip(1, new IcmpMessage(3, 3, 0, payloadOf(quote)));
  const { info, protocol } = dissect(error);
  expect([protocol, info]).toEqual(['ICMP', 'Destination unreachable (Port unreachable)']);
  const icmp = packetTree(error).find((node) => node.name === 'icmp')!;
  expect(icmp.children.map((node) => node.name)).toContain('ip');
  expect(all(icmp.children).find((node) => node.name === 'udp.dstport')).toMatchObject({
    value: 33_434,
    start: 64,
    end: 66,
  });
});

test('a checksum that is wrong is bad, not malformed', () => {
  const bytes = encodeFrame(ip(17, new UdpDatagram(5000, 6000, payloadOf(Uint8Array.of(1, 2, 3)))));
  bytes[bytes.length - 1]! ^= 1;
  const nodes = all(packetTree(bytes));
  expect(nodes.find((node) => node.name === 'udp.checksum.status')?.value).toBe(0);
  expect(nodes.find((node) => node.name === 'ip.checksum.status')?.value).toBe(1);
  expect(nodes.some((node) => node.name === '_ws.malformed')).toBe(false);
});

test('a cut header is malformed, and what is there is shown', () => {
  const nodes = all(packetTree(encodeFrame(syn).slice(0, 44)));
  expect(nodes.some((node) => node.name === '_ws.malformed')).toBe(true);
  expect(nodes.find((node) => node.name === 'tcp.dstport')?.value).toBe(80);
});

test('every row of every header reads back from the bytes what went in', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const packet = frame.payload;
      const value = (name: string) => all(packetTree(frame)).find((node) => node.name === name)?.value;
      expect([value('eth.dst'), value('eth.src'), value('eth.type')]).toEqual([
        frame.dst.key,
        frame.src.key,
        frame.etherType,
      ]);
      if (!(packet instanceof Ipv4Packet)) return;
      expect([
        value('ip.src'),
        value('ip.dst'),
        value('ip.ttl'),
        value('ip.id'),
        value('ip.proto'),
        value('ip.dsfield'),
      ]).toEqual([packet.src.key, packet.dst.key, packet.ttl, packet.identification, packet.protocol, packet.tos]);
      expect([value('ip.len'), value('ip.hdr_len'), value('ip.frag_offset'), value('ip.flags.df')]).toEqual([
        packet.length,
        packet.headerLength,
        packet.fragmentOffset / 8,
        packet.dontFragment ? 1 : 0,
      ]);
      const { payload } = packet;
      if (packet.isFragment || !(payload instanceof TcpSegment)) return;
      expect([
        value('tcp.srcport'),
        value('tcp.seq_raw'),
        value('tcp.ack_raw'),
        value('tcp.flags'),
        value('tcp.urgent_pointer'),
      ]).toEqual([payload.srcPort, unsigned(payload.seq), unsigned(payload.ack), payload.flags, payload.urgentPointer]);
      expect([value('tcp.hdr_len'), value('tcp.window_size_value'), value('tcp.checksum.status')]).toEqual([
        payload.headerLength,
        payload.window,
        1,
      ]);
    }),
    { numRuns: 400 },
  );
});

/** All nodes lie within the frame and are known to filters. */
function checkTree(bytes: Uint8Array): void {
  for (const node of all(packetTree(bytes))) {
    const within = node.start >= 0 && node.start <= node.end && node.end <= bytes.length;
    const known = ALL_FIELDS.has(node.name) && typeof node.show === 'string' && node.text('zh') !== '';
    if (!within || !known) throw new Error(`${node.name} ${node.start}..${node.end} of ${bytes.length}: ${node.show}`);
  }
}

test('an option of DHCP that comes twice shows each time what stands there', () => {
  const router = (address: string): DhcpOption => ({
    code: DHCP_OPTION.ROUTERS,
    kind: 'addresses',
    addresses: [address],
  });
  const { message } = decodeDhcp(encodeFrame(dhcpFrames()[0]!).subarray(42));
  const twice = encodeDhcp({ ...message, options: [router('10.0.0.1'), router('10.0.0.2')] });
  const bytes = encodeFrame(ip(17, new UdpDatagram(68, 67, payloadOf(twice.slice(0, 252)))));
  const routers = all(packetTree(bytes)).filter(({ name }) => name === 'dhcp.option.router');
  expect(routers.map(({ show, start, end }) => [show, start, end])).toEqual([
    ['10.0.0.1', 284, 288],
    ['10.0.0.2', 290, 294],
  ]);
});

describe('any bytes', () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });

  test('give a tree whose nodes lie within the frame and are known fields', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), checkTree), { numRuns: 500 });
    const damaged = fc.tuple(anyFrame, flips, fc.nat(30)).map(([frame, edits, cut]) => {
      const bytes = encodeFrame(frame).slice();
      for (const [at, value] of edits) bytes[at % bytes.length] = value;
      return bytes.slice(0, bytes.length - Math.min(cut, bytes.length));
    });
    fc.assert(fc.property(damaged, checkTree), { numRuns: 1500 });
  });

  test('in the payload of a known port too, be it random or a damaged message', () => {
    const messages = [dnsFrames, dhcpFrames, snmpFrames, httpFrames].flatMap((frames) =>
      frames().map((frame) => encodeFrame(frame)),
    );
    const damaged = fc.tuple(fc.constantFrom(...messages), flips, fc.nat(60)).map(([message, edits, cut]) => {
      const bytes = message.slice(0, message.length - Math.min(cut, message.length - 42));
      for (const [at, value] of edits) bytes[42 + (at % Math.max(1, bytes.length - 42))] = value;
      return bytes;
    });
    const random = fc.tuple(fc.constantFrom(53, 67, 161, 7), fc.uint8Array({ maxLength: 300 })).map(([port, bytes]) => {
      const src = port === 67 ? 68 : 40_000;
      return encodeFrame(ip(17, new UdpDatagram(src, port, payloadOf(bytes))));
    });
    fc.assert(fc.property(damaged, checkTree), { numRuns: 1500 });
    fc.assert(fc.property(random, checkTree), { numRuns: 500 });
  });
});
