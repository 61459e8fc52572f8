/** Frames of our own making for the tests of tcpdump. */
import { fromHex } from '@netarium/core/base/bytes.ts';
import { encodeDhcp } from '@netarium/core/wire/dhcp.ts';
import { encodeDns } from '@netarium/core/wire/dns.ts';
import { type DnsMessage, NO_FLAGS, optRecord, type ResourceRecord } from '@netarium/core/wire/dns-types.ts';
import { internetChecksum } from '../icmp-text.ts';
import { checksumWithPseudo } from './context.ts';

const ethernet = fromHex('0200000000020200000000010800')!;

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 255;
}

function ipv4(protocol: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(34 + payload.length);
  frame.set(ethernet);
  frame.set([0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 64, protocol, 0, 0, 10, 0, 1, 2, 10, 0, 2, 2], 14);
  put16(frame, 16, 20 + payload.length);
  put16(frame, 24, internetChecksum(frame.subarray(14, 34)));
  frame.set(payload, 34);
  return frame;
}

export function udpFrame(source: number, destination: number, data: Uint8Array): Uint8Array {
  const segment = new Uint8Array(8 + data.length);
  put16(segment, 0, source);
  put16(segment, 2, destination);
  put16(segment, 4, segment.length);
  segment.set(data, 8);
  const frame = ipv4(17, segment);
  put16(frame, 40, checksumWithPseudo(frame.subarray(14, 34), 17, frame.subarray(34)));
  return frame;
}

const name = 'www.shop.test.';
const record = (type: number, data: ResourceRecord['data'], owner = name): ResourceRecord => ({
  name: owner,
  type,
  class: 1,
  ttl: 3700,
  data,
});
const message = (flags: Partial<DnsMessage['flags']>, type: number, parts: Partial<DnsMessage>): DnsMessage => ({
  id: 4711,
  flags: { ...NO_FLAGS, ...flags },
  questions: [{ name, type, class: 1 }],
  answers: [],
  authorities: [],
  additionals: [],
  ...parts,
});

export function dnsFrames(): readonly Uint8Array[] {
  const soa = {
    kind: 'SOA',
    primary: 'ns.test.',
    mailbox: 'hm.test.',
    serial: 1,
    refresh: 2,
    retry: 3,
    expire: 4,
    minimum: 5,
  } as const;
  const query = message({ rd: true }, 1, { additionals: [optRecord({ udpSize: 1232 })] });
  const answers = [
    message({ qr: true, rd: true, ra: true }, 1, {
      answers: [
        record(5, { kind: 'CNAME', target: 'web.shop.test.' }),
        record(1, { kind: 'A', address: '10.0.2.2' }, 'web.shop.test.'),
      ],
      authorities: [record(2, { kind: 'NS', target: 'ns.shop.test.' }, 'shop.test.')],
      additionals: [optRecord({ udpSize: 1232, dnssecOk: true })],
    }),
    message({ qr: true, aa: true, rcode: 3 }, 1, { authorities: [record(6, soa, 'test.')] }),
    message({ qr: true, aa: true, tc: true }, 16, { answers: [record(16, { kind: 'TXT', texts: ['a b', 'c'] })] }),
    message({ qr: true, ra: true, ad: true }, 15, {
      answers: [record(15, { kind: 'MX', preference: 10, exchange: 'mx.shop.test.' })],
    }),
    message({ qr: true, aa: true, ra: true }, 6, { answers: [record(6, soa)] }),
    message({ qr: true, rcode: 2 }, 12, {}),
    message({ qr: true, rcode: 5, ra: true }, 28, {}),
    message({ qr: true, ra: true }, 28, { answers: [record(28, { kind: 'AAAA', address: '2001:db8::1' })] }),
  ];
  return [
    udpFrame(40000, 53, encodeDns(query)),
    udpFrame(40000, 53, encodeDns(message({ cd: true }, 12, {}))),
    ...answers.map((answer) => udpFrame(53, 40000, encodeDns(answer))),
  ];
}

export function dhcpFrames(): readonly Uint8Array[] {
  const base = {
    ...{ op: 1, htype: 1, hops: 0, xid: 0x1234abcd, secs: 0, flags: 0x8000 },
    ...{ ciaddr: '0.0.0.0', yiaddr: '0.0.0.0', siaddr: '0.0.0.0', giaddr: '0.0.0.0', sname: '', file: '' },
    chaddr: fromHex('020000000001')!,
  };
  const discover = encodeDhcp({
    ...base,
    options: [
      { code: 53, kind: 'number', value: 1 },
      { code: 61, kind: 'raw', bytes: fromHex('01020000000001')! },
      { code: 50, kind: 'address', address: '10.0.1.100' },
      { code: 12, kind: 'text', text: 'laptop' },
      { code: 55, kind: 'codes', codes: [1, 3, 6, 15, 28, 51] },
    ],
  });
  const offer = encodeDhcp({
    ...base,
    ...{ op: 2, flags: 0, yiaddr: '10.0.1.100', siaddr: '10.0.1.1', secs: 3 },
    options: [
      { code: 53, kind: 'number', value: 2 },
      { code: 54, kind: 'address', address: '10.0.1.1' },
      { code: 51, kind: 'number', value: 3600 },
      { code: 1, kind: 'address', address: '255.255.255.0' },
      { code: 3, kind: 'addresses', addresses: ['10.0.1.1'] },
      { code: 6, kind: 'addresses', addresses: ['10.0.1.53', '10.0.1.54'] },
      { code: 15, kind: 'text', text: 'shop.test' },
    ],
  });
  return [udpFrame(68, 67, discover), udpFrame(67, 68, offer)];
}

/** IGMP of every kind; the last one with a wrong checksum. */
export function igmpFrames(): readonly Uint8Array[] {
  const messages = [
    '1164000000000000', // version 2, the usual ten seconds
    '1100000000000000', // version 1
    '110a0000ef010203', // of one group
    '1114000000000000027d0000', // version 3
    '1164000000000000027d0000',
    '11a0000000000000027d0000', // 256 tenths, in floating point
    '11f00000ef010203027d0000',
    '11140000ef010203027d00020a0000010a000002', // of two sources
    '12000000ef010203',
    '16000000ef010203',
    '17000000ef010203',
    '220000000000000104000000ef010203',
    '220000000000000202000000ef010203' + '03000000e00000fb',
    '220000000000000106000002ef0102030a0000010a000002',
    '42000000ef010203',
  ];
  const frames = messages.map((hex) => {
    const bytes = fromHex(hex)!;
    put16(bytes, 2, internetChecksum(bytes));
    return ipv4(2, bytes);
  });
  return [...frames, ipv4(2, fromHex('16001234ef010203')!)];
}
