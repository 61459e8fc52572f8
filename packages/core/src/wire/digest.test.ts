import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ipv4Address, MacAddress } from '../base/address.ts';
import { Mix } from '../base/mix.ts';
import { digestTransmission } from './digest.ts';
import {
  ArpPacket,
  ETHERTYPE,
  Frame,
  IcmpMessage,
  Ipv4Packet,
  PacketId,
  RawPdu,
  TcpSegment,
  TrailedFrame,
  UdpDatagram,
  VlanTagged,
} from './packet.ts';
import { payloadOf } from './payload.ts';

function digest(frame: Frame): string {
  const mix = new Mix();
  digestTransmission(mix, 1, 2, frame);
  return mix.toString();
}

const ident = new PacketId(1);
const mac = (n: number) => new MacAddress(0x0200_0000_0000 + n);
const ip = (n: number) => new Ipv4Address(0x0a00_0000 + n);
const bytes = (...values: number[]) => payloadOf(Uint8Array.from(values));

type Fields = Record<string, number | boolean>;

type Widened<F extends Fields> = { [name in keyof F]: F[name] extends boolean ? boolean : number };

interface Shape {
  initial: Fields;
  make(fields: Fields): Frame;
}

function shape<F extends Fields>({ initial, make }: { initial: F; make: (f: Widened<F>) => Frame }): Shape {
  return { initial, make: (fields) => make(fields as Widened<F>) };
}

/** A frame of each shape from named numbers, all of which are on the wire. */
const shapes: Readonly<Record<string, Shape>> = {
  tcp: shape({
    initial: {
      dst: 1,
      src: 2,
      from: 3,
      to: 4,
      ttl: 64,
      tos: 0,
      id: 5,
      df: true,
      sp: 80,
      dp: 90,
      seq: 7,
      ack: 8,
      flags: 16,
      win: 9,
      urg: 0,
      ts: 10,
      te: 11,
      mss: 1460,
      ws: 7,
      left: 100,
      right: 200,
      byte: 1,
    },
    make: (f) => {
      const options = { mss: f.mss, windowScale: f.ws, sack: [[f.left, f.right] as const] };
      const tcp = new TcpSegment(
        f.sp,
        f.dp,
        f.seq,
        f.ack,
        f.flags,
        f.win,
        f.urg,
        f.ts,
        f.te,
        options,
        bytes(f.byte, 2),
      );
      const [src, dst] = [ip(f.from), ip(f.to)];
      const place = { identification: f.id, dontFragment: f.df };
      const packet = Ipv4Packet.of({ ident, src, dst, protocol: 6, ttl: f.ttl, tos: f.tos, ...place, payload: tcp });
      return new Frame(mac(f.dst), mac(f.src), ETHERTYPE.ipv4, packet);
    },
  }),
  udp: shape({
    initial: { sp: 1, dp: 2, sum: true, more: false, offset: 1, option: 1, byte: 1 },
    make: (f) => {
      const udp = new UdpDatagram(f.sp, f.dp, bytes(f.byte, 9, 9), f.sum);
      const options = Uint8Array.of(f.option, 1, 1, 0);
      const place = { moreFragments: f.more, fragmentOffset: f.offset * 8 };
      const packet = Ipv4Packet.of({
        ident,
        src: ip(1),
        dst: ip(2),
        protocol: 17,
        ttl: 64,
        ...place,
        options,
        payload: udp,
      });
      return new Frame(mac(1), mac(2), ETHERTYPE.ipv4, packet);
    },
  }),
  icmp: shape({
    initial: { type: 8, code: 0, rest: 5, byte: 1 },
    make: (f) => {
      const icmp = new IcmpMessage(f.type, f.code, f.rest, bytes(f.byte));
      return new Frame(
        mac(1),
        mac(2),
        ETHERTYPE.ipv4,
        Ipv4Packet.of({ ident, src: ip(1), dst: ip(2), protocol: 1, ttl: 64, payload: icmp }),
      );
    },
  }),
  arp: shape({
    initial: { op: 1, sm: 1, si: 2, tm: 3, ti: 4 },
    make: (f) =>
      new Frame(mac(1), mac(2), ETHERTYPE.arp, new ArpPacket(ident, f.op, mac(f.sm), ip(f.si), mac(f.tm), ip(f.ti))),
  }),
  vlan: shape({
    initial: { vlan: 1, priority: 0, drop: false, type: 0x9000, byte: 1, tail: 1 },
    make: (f) => {
      const tag = new VlanTagged(f.vlan, f.priority, f.type, new RawPdu(bytes(f.byte)), f.drop);
      return new TrailedFrame(mac(1), mac(2), ETHERTYPE.vlan, tag, bytes(f.tail));
    },
  }),
};

for (const [kind, { initial, make }] of Object.entries(shapes)) {
  test(`${kind}: every field counts`, () => {
    const of = (fields: Fields) => digest(make(fields));
    const base = of(initial);
    expect(of({ ...initial })).toBe(base);
    for (const [name, value] of Object.entries(initial)) {
      const changed = typeof value === 'number' ? value + 1 : !value;
      expect(of({ ...initial, [name]: changed }), name).not.toBe(base);
    }
  });
}

test('identity is not on the wire', () => {
  const make = (id: PacketId) =>
    new Frame(mac(1), mac(2), ETHERTYPE.arp, new ArpPacket(id, 1, mac(1), ip(1), mac(0), ip(2)));
  expect(digest(make(new PacketId(7)))).toBe(digest(make(new PacketId(8, 'reply', 7))));
});

test('two payloads of one chunk differ by their range', () => {
  const chunk = payloadOf(new Uint8Array(100));
  const ofRange = (from: number, to: number) =>
    digest(new Frame(mac(1), mac(2), 0x9000, new RawPdu(chunk.slice(from, to))));
  const range = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 50, max: 100 }));
  fc.assert(
    fc.property(range, range, ([a, b], [c, d]) => {
      expect(ofRange(a, b) === ofRange(c, d)).toBe(a === c && b === d);
    }),
  );
});
