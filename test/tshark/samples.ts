/** Captures of every kind of packet that this stack can make: random ones of the lower layers, and written ones of the upper. */
import {
  type Ipv4Address,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
  parseIpv4,
  parseMac,
} from '@netarium/core/base/address.ts';
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { encodeFrame, encodeNetwork, encodeTransport } from '@netarium/core/wire/codec.ts';
import { type DhcpMessage, encodeDhcp } from '@netarium/core/wire/dhcp.ts';
import { DHCP_OPTION, DHCP_TYPE, type DhcpOption } from '@netarium/core/wire/dhcp-options.ts';
import { encodeDns } from '@netarium/core/wire/dns.ts';
import {
  CLASS,
  type DnsMessage,
  NO_FLAGS,
  optRecord,
  type RData,
  type ResourceRecord,
  TYPE,
} from '@netarium/core/wire/dns-types.ts';
import { IGMP_RECORD, IGMP_TYPE, igmpMessage, igmpReport } from '@netarium/core/wire/igmp.ts';
import {
  ArpPacket,
  ETHERTYPE,
  Frame,
  IcmpMessage,
  IP_PROTOCOL,
  Ipv4Packet,
  type NetworkPdu,
  PacketId,
  RawPdu,
  TCP_FLAG,
  TcpSegment,
  TrailedFrame,
  type TransportPdu,
  UdpDatagram,
  VlanTagged,
} from '@netarium/core/wire/packet.ts';
import { EMPTY_PAYLOAD, type Payload, payloadOf } from '@netarium/core/wire/payload.ts';

const ident = new PacketId(1);
const LAPTOP_MAC = parseMac('02:00:00:00:00:01')!;
const WEB_MAC = parseMac('02:00:00:00:00:02')!;
const LAPTOP = parseIpv4('10.0.1.2')!;
export const WEB = parseIpv4('10.0.2.2')!;

export function captureOf(frames: readonly Frame[], gapNs = 1_000_000): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter({ name: 'web.eth0', epochSeconds: 1_700_000_000 }, (chunk) =>
    chunks.push(chunk.slice()),
  );
  frames.forEach((frame, i) => {
    writer.packet(i * gapNs, encodeFrame(frame), { direction: i % 2 === 0 ? 'inbound' : 'outbound' });
  });
  writer.flush();
  return concatBytes(chunks);
}

function ethernet(payload: NetworkPdu, etherType: number, dst: MacAddress = WEB_MAC): Frame {
  return new Frame(dst, LAPTOP_MAC, etherType, payload);
}

function datagram(
  protocol: number,
  payload: TransportPdu,
  src: Ipv4Address = LAPTOP,
  dst: Ipv4Address = WEB,
): Ipv4Packet {
  return Ipv4Packet.of({ ident, src, dst, protocol, ttl: 64, identification: 0x1234, dontFragment: true, payload });
}

function ip(protocol: number, payload: TransportPdu, src: Ipv4Address = LAPTOP, dst: Ipv4Address = WEB): Frame {
  return ethernet(datagram(protocol, payload, src, dst), ETHERTYPE.ipv4);
}

export function udp(srcPort: number, dstPort: number, bytes: Uint8Array): Frame {
  return ip(IP_PROTOCOL.udp, new UdpDatagram(srcPort, dstPort, payloadOf(bytes)));
}

export function lowerLayerFrames(): Frame[] {
  const arp = (operation: number, senderIp: Ipv4Address, targetIp: Ipv4Address): Frame =>
    ethernet(new ArpPacket(ident, operation, LAPTOP_MAC, senderIp, MAC_ZERO, targetIp), ETHERTYPE.arp, MAC_BROADCAST);
  const ping = (type: number): IcmpMessage =>
    new IcmpMessage(type, 0, 0x1234_0007, payloadOf(new Uint8Array(56).fill(0x55)));
  const quoted = (bytes: number, protocol: number, payload: TransportPdu): Payload =>
    payloadOf(encodeNetwork(datagram(protocol, payload)).slice(0, 20 + bytes));
  const probe = new UdpDatagram(40_000, 33_434, payloadOf(new Uint8Array(32)));
  const segment = new TcpSegment(40_000, 9_999, 1000, 2000, TCP_FLAG.ack, 500, 0, -1, 0, undefined, EMPTY_PAYLOAD);
  const errors = [
    [3, 0, 0],
    [3, 1, 0],
    [3, 2, 0],
    [3, 3, 0],
    [3, 4, 1400],
    [3, 9, 0],
    [3, 13, 0],
    [5, 1, 0x0a00_0101],
    [11, 0, 0],
    [11, 1, 0],
    [12, 0, 0x1400_0000],
  ];
  const padded = ip(IP_PROTOCOL.udp, new UdpDatagram(40_000, 40_001, payloadOf(new Uint8Array(4).fill(7))));
  const group = parseIpv4('239.1.2.3')!;
  const everybody = parseIpv4('0.0.0.0')!;
  const query3 = payloadOf(Uint8Array.of(0x11, 20, 0xec, 0x6e, 0, 0, 0, 0, 2, 125, 0, 0));
  return [
    ip(IP_PROTOCOL.igmp, igmpMessage(IGMP_TYPE.query, 100, everybody)),
    ip(IP_PROTOCOL.igmp, igmpMessage(IGMP_TYPE.query, 0, everybody)),
    ip(IP_PROTOCOL.igmp, igmpMessage(IGMP_TYPE.query, 10, group)),
    ip(IP_PROTOCOL.igmp, igmpMessage(IGMP_TYPE.report1, 0, group)),
    ip(IP_PROTOCOL.igmp, igmpMessage(IGMP_TYPE.report2, 0, group)),
    ip(IP_PROTOCOL.igmp, igmpMessage(IGMP_TYPE.leave, 0, group)),
    ip(IP_PROTOCOL.igmp, new RawPdu(query3)),
    ip(IP_PROTOCOL.igmp, igmpReport([{ type: IGMP_RECORD.toExclude, group }])),
    ip(
      IP_PROTOCOL.igmp,
      igmpReport([
        { type: IGMP_RECORD.isExclude, group },
        { type: IGMP_RECORD.toInclude, group: parseIpv4('224.0.0.251')! },
      ]),
    ),
    arp(1, LAPTOP, WEB),
    arp(2, LAPTOP, WEB),
    arp(1, parseIpv4('0.0.0.0')!, WEB),
    arp(1, WEB, WEB),
    arp(2, WEB, WEB),
    ip(IP_PROTOCOL.icmp, ping(8)),
    ip(IP_PROTOCOL.icmp, ping(0), WEB, LAPTOP),
    ethernet(new VlanTagged(100, 5, ETHERTYPE.ipv4, datagram(IP_PROTOCOL.icmp, ping(8)), true), ETHERTYPE.vlan),
    ethernet(
      new VlanTagged(7, 0, ETHERTYPE.arp, new ArpPacket(ident, 1, LAPTOP_MAC, LAPTOP, MAC_ZERO, WEB)),
      ETHERTYPE.vlan,
    ),
    ...errors.map(([type, code, rest]) =>
      ip(IP_PROTOCOL.icmp, new IcmpMessage(type!, code!, rest!, quoted(8, IP_PROTOCOL.udp, probe))),
    ),
    ip(IP_PROTOCOL.icmp, new IcmpMessage(3, 3, 0, quoted(40, IP_PROTOCOL.udp, probe))),
    ip(IP_PROTOCOL.icmp, new IcmpMessage(3, 3, 0, quoted(20, IP_PROTOCOL.tcp, segment))),
    ip(IP_PROTOCOL.icmp, new IcmpMessage(11, 0, 0, quoted(8, IP_PROTOCOL.tcp, segment))),
    ip(IP_PROTOCOL.icmp, new IcmpMessage(11, 0, 0, quoted(16, IP_PROTOCOL.icmp, ping(8)))),
    ip(IP_PROTOCOL.icmp, new IcmpMessage(13, 0, 0x0001_0002, payloadOf(new Uint8Array(12).fill(3)))),
    ip(IP_PROTOCOL.icmp, new IcmpMessage(14, 0, 0x0001_0002, payloadOf(new Uint8Array(12).fill(3)))),
    new TrailedFrame(padded.dst, padded.src, padded.etherType, padded.payload, payloadOf(new Uint8Array(14))),
    ...fragments(),
  ];
}

function fragments(): Frame[] {
  const whole = datagram(IP_PROTOCOL.udp, new UdpDatagram(40_000, 40_001, payloadOf(new Uint8Array(2000).fill(9))));
  const bytes = encodeTransport(whole);
  const fragment = (from: number, to: number): Frame =>
    ethernet(
      Ipv4Packet.of({
        ident,
        src: LAPTOP,
        dst: WEB,
        protocol: IP_PROTOCOL.udp,
        ttl: 64,
        identification: 77,
        fragmentOffset: from,
        moreFragments: to < bytes.length,
        payload: new RawPdu(payloadOf(bytes.slice(from, to))),
      }),
      ETHERTYPE.ipv4,
    );
  return [fragment(0, 1480), fragment(1480, bytes.length)];
}

function record(name: string, type: number, data: RData, ttl = 300): ResourceRecord {
  return { name, type, class: CLASS.IN, ttl, data };
}

function dnsMessages(): DnsMessage[] {
  const question = { name: 'www.shop.test.', type: TYPE.A, class: CLASS.IN };
  const base: DnsMessage = {
    id: 0xbeef,
    flags: { ...NO_FLAGS, rd: true },
    questions: [question],
    answers: [],
    authorities: [],
    additionals: [],
  };
  const soa = record('shop.test.', TYPE.SOA, {
    kind: 'SOA',
    primary: 'ns1.shop.test.',
    mailbox: 'admin.shop.test.',
    serial: 2024,
    refresh: 3600,
    retry: 600,
    expire: 86_400,
    minimum: 60,
  });
  const edns = optRecord({ udpSize: 1232 });
  const answer = { ...base, flags: { ...base.flags, qr: true, ra: true } };
  return [
    base,
    { ...base, additionals: [edns] },
    { ...base, questions: [{ ...question, name: '.', type: TYPE.NS }] },
    {
      ...answer,
      answers: [
        record('www.shop.test.', TYPE.CNAME, { kind: 'CNAME', target: 'web.shop.test.' }),
        record('web.shop.test.', TYPE.A, { kind: 'A', address: '10.0.2.2' }),
      ],
      additionals: [edns],
    },
    { ...answer, flags: { ...answer.flags, aa: true, rcode: 3 }, authorities: [soa] },
    {
      ...answer,
      flags: { ...answer.flags, aa: true },
      questions: [{ ...question, type: TYPE.ANY }],
      answers: [
        soa,
        record('shop.test.', TYPE.NS, { kind: 'NS', target: 'ns1.shop.test.' }),
        record('shop.test.', TYPE.MX, { kind: 'MX', preference: 10, exchange: 'mail.shop.test.' }),
        record('shop.test.', TYPE.TXT, { kind: 'TXT', texts: ['v=spf1 -all', 'x'] }),
        record('www.shop.test.', TYPE.AAAA, { kind: 'AAAA', address: '2001:db8::1' }),
        record('_http._tcp.shop.test.', TYPE.SRV, {
          kind: 'SRV',
          priority: 1,
          weight: 2,
          port: 80,
          target: 'web.shop.test.',
        }),
      ],
    },
    {
      ...answer,
      questions: [{ ...question, name: '2.2.0.10.in-addr.arpa.', type: TYPE.PTR }],
      answers: [record('2.2.0.10.in-addr.arpa.', TYPE.PTR, { kind: 'PTR', target: 'web.shop.test.' })],
    },
    {
      ...answer,
      questions: [{ ...question, name: 'shop.test.' }],
      authorities: [record('test.', TYPE.NS, { kind: 'NS', target: 'ns.test.' })],
      additionals: [record('ns.test.', TYPE.A, { kind: 'A', address: '10.9.9.9' }, 86_400), edns],
    },
    { ...answer, flags: { ...answer.flags, tc: true } },
    { ...answer, flags: { ...answer.flags, rcode: 2 } },
    { ...answer, flags: { ...answer.flags, rcode: 5 } },
  ];
}

export function dnsFrames(): Frame[] {
  return dnsMessages().map((message, i) => {
    const changed = { ...message, id: 0x1000 + i };
    return message.flags.qr ? udp(53, 40_000 + i, encodeDns(changed)) : udp(40_000 + i, 53, encodeDns(changed));
  });
}

export function dhcpFrames(): Frame[] {
  const base: DhcpMessage = {
    op: 1,
    htype: 1,
    hops: 0,
    xid: 0x3903_f326,
    secs: 0,
    flags: 0x8000,
    ciaddr: '0.0.0.0',
    yiaddr: '0.0.0.0',
    siaddr: '0.0.0.0',
    giaddr: '0.0.0.0',
    chaddr: Uint8Array.of(2, 0, 0, 0, 0, 1),
    sname: '',
    file: '',
    options: [],
  };
  const type = (value: number): DhcpOption => ({ code: DHCP_OPTION.MESSAGE_TYPE, kind: 'number', value });
  const lease: DhcpOption[] = [
    { code: DHCP_OPTION.SERVER_ID, kind: 'address', address: '10.0.1.1' },
    { code: DHCP_OPTION.LEASE_TIME, kind: 'number', value: 3600 },
    { code: DHCP_OPTION.RENEWAL_TIME, kind: 'number', value: 1800 },
    { code: DHCP_OPTION.REBINDING_TIME, kind: 'number', value: 3150 },
    { code: DHCP_OPTION.SUBNET_MASK, kind: 'address', address: '255.255.255.0' },
    { code: DHCP_OPTION.ROUTERS, kind: 'addresses', addresses: ['10.0.1.1'] },
    { code: DHCP_OPTION.NAME_SERVERS, kind: 'addresses', addresses: ['10.0.1.53', '10.0.1.54'] },
    { code: DHCP_OPTION.DOMAIN_NAME, kind: 'text', text: 'home.test' },
  ];
  const client = (options: DhcpOption[]): Frame => udp(68, 67, encodeDhcp({ ...base, options }));
  const server = (options: DhcpOption[], yiaddr = '10.0.1.100'): Frame =>
    udp(67, 68, encodeDhcp({ ...base, op: 2, yiaddr, options }));
  return [
    client([type(DHCP_TYPE.DISCOVER), { code: DHCP_OPTION.HOST_NAME, kind: 'text', text: 'laptop' }]),
    server([type(DHCP_TYPE.OFFER), ...lease]),
    client([
      type(DHCP_TYPE.REQUEST),
      { code: DHCP_OPTION.REQUESTED_ADDRESS, kind: 'address', address: '10.0.1.100' },
      lease[0]!,
    ]),
    server([type(DHCP_TYPE.ACK), ...lease]),
    server([
      type(DHCP_TYPE.ACK),
      ...lease,
      { code: DHCP_OPTION.ROUTERS, kind: 'addresses', addresses: ['10.0.1.2', '10.0.1.3'] },
    ]),
    server([type(DHCP_TYPE.NAK), lease[0]!], '0.0.0.0'),
    client([type(DHCP_TYPE.RELEASE), lease[0]!]),
    client([type(DHCP_TYPE.DECLINE), lease[0]!]),
    client([type(DHCP_TYPE.INFORM)]),
  ];
}

/** One connection with several messages; every segment continues where the last of its side ended. */
export function httpFrames(): Frame[] {
  const messages: readonly (readonly [fromClient: boolean, text: string])[] = [
    [
      true,
      'GET /index.html HTTP/1.1\r\nHost: www.shop.test\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nCookie: id=7\r\n\r\n',
    ],
    [
      false,
      'HTTP/1.1 200 OK\r\nServer: netarium\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nSet-Cookie: id=7; Path=/\r\nConnection: keep-alive\r\n\r\nhello\n',
    ],
    [true, 'HEAD /missing HTTP/1.1\r\nHost: www.shop.test\r\n\r\n'],
    [false, 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nLocation: /\r\n\r\n'],
    [
      true,
      'POST /form HTTP/1.1\r\nHost: www.shop.test\r\nContent-Type: application/octet-stream\r\nContent-Length: 3\r\nReferer: http://www.shop.test/\r\n\r\n\x01\x02\x03',
    ],
    [false, 'HTTP/1.1 304 Not Modified\r\nLast-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n'],
  ];
  const next = [1000, 9000];
  const send = (side: number, flags: number, bytes: Uint8Array): Frame => {
    const [from, to] = side === 0 ? [40_000, 80] : [80, 40_000];
    const tcp = new TcpSegment(
      from!,
      to!,
      next[side]!,
      (flags & TCP_FLAG.ack) === 0 ? 0 : next[1 - side]!,
      flags,
      65_000,
      0,
      -1,
      0,
      undefined,
      payloadOf(bytes),
    );
    next[side] = next[side]! + tcp.seqLength;
    return side === 0 ? ip(IP_PROTOCOL.tcp, tcp) : ip(IP_PROTOCOL.tcp, tcp, WEB, LAPTOP);
  };
  const none = new Uint8Array(0);
  return [
    send(0, TCP_FLAG.syn, none),
    send(1, TCP_FLAG.syn | TCP_FLAG.ack, none),
    send(0, TCP_FLAG.ack, none),
    ...messages.map(([client, text]) => send(client ? 0 : 1, TCP_FLAG.ack | TCP_FLAG.psh, encodeUtf8(text))),
    send(0, TCP_FLAG.fin | TCP_FLAG.ack, none),
    send(1, TCP_FLAG.fin | TCP_FLAG.ack, none),
    send(0, TCP_FLAG.ack, none),
  ];
}
