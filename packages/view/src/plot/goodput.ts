/**
 * What reached the programs' side of each flow, from its packets. TCP: bytes that the receiver acknowledged for the first time, seen where it
 * sends the acknowledgement. UDP: datagrams at the last host that took them in and did not drop them. Beside it the throughput: all IPv4 packets of the flow as its
 * first card sent them, with headers, retransmissions and what was lost later. Left out: fragmented datagrams.
 */
import { unsigned } from '@netarium/core/base/sequence.ts';
import type { NetworkCard } from '@netarium/core/link/card.ts';
import { packetIdOf } from '@netarium/core/link/identity.ts';
import { type Frame, type Ipv4Packet, TCP_FLAG, type TcpSegment } from '@netarium/core/wire/packet.ts';
import { type Curve, type Point, rateOf } from './plot.ts';

interface TcpFlow {
  /** The next number that the receiver has not acknowledged; undefined before anything of the flow was seen. */
  una: number | undefined;
  /** Behind the last number sent. */
  end: number | undefined;
  /** The number that the FIN takes: it is acknowledged and no byte. */
  fin: number | undefined;
}

interface Arrived {
  readonly flow: string;
  readonly host: string;
  readonly atNs: number;
  readonly bytes: number;
}

export class Goodput {
  private readonly origins = new Set<number>();
  private readonly flows = new Map<string, TcpFlow>();
  /** In the order in which flows began. */
  private readonly delivered = new Map<string, Point[]>();
  /** Sizes of packets, of the same flows. */
  private readonly sent = new Map<string, Point[]>();
  private readonly datagrams = new Map<number, Arrived[]>();

  frame(card: NetworkCard, frame: Frame, direction: 'in' | 'out', atNs: number): void {
    const packet = frame.payload.kind === 'vlan' ? frame.payload.payload : frame.payload;
    const id = packetIdOf(frame);
    if (packet.kind !== 'ipv4' || id === 0 || packet.isFragment) return;
    const { payload } = packet;
    if (direction === 'out' && !this.origins.has(id)) this.origin(id, packet, atNs);
    if (payload.kind === 'udp') this.datagram(id, card.host, packet, payload.payload.length, direction, atNs);
  }

  /** Where the packet is made: the first card that sends it. */
  private origin(id: number, packet: Ipv4Packet, atNs: number): void {
    const { src, dst, payload, length } = packet;
    if (payload.kind !== 'tcp' && payload.kind !== 'udp') return;
    this.origins.add(id);
    const flow = `${payload.kind.toUpperCase()} ${src}:${payload.srcPort} → ${dst}:${payload.dstPort}`;
    const sizes = this.sent.get(flow);
    if (sizes === undefined) this.sent.set(flow, [[atNs, length]]);
    else sizes.push([atNs, length]);
    if (payload.kind === 'tcp') this.segment(packet, payload, atNs);
  }

  /** A host had it in its hands and dropped it. */
  drop(id: number, host: string): void {
    this.take(id, host);
  }

  private datagram(
    id: number,
    host: string,
    { src, dst, payload }: Ipv4Packet,
    bytes: number,
    direction: 'in' | 'out',
    atNs: number,
  ): void {
    if (payload.kind !== 'udp') return;
    if (direction === 'out') {
      this.take(id, host);
      return;
    }
    const flow = `UDP ${src}:${payload.srcPort} → ${dst}:${payload.dstPort}`;
    this.curve(flow);
    this.datagrams.set(id, [...(this.datagrams.get(id) ?? []), { flow, host, atNs, bytes }]);
  }

  /** It did not stay with this host. */
  private take(id: number, host: string): void {
    const arrived = this.datagrams.get(id);
    const i = arrived?.findIndex((each) => each.host === host) ?? -1;
    if (i >= 0) arrived!.splice(i, 1);
  }

  private segment({ src, dst }: Ipv4Packet, tcp: TcpSegment, atNs: number): void {
    const [from, to] = [`${src}:${tcp.srcPort}`, `${dst}:${tcp.dstPort}`];
    const own = this.flow(`TCP ${from} → ${to}`);
    if (tcp.has(TCP_FLAG.syn)) Object.assign(own, { una: (tcp.seq + 1) >>> 0, end: undefined, fin: undefined });
    if (tcp.has(TCP_FLAG.fin)) own.fin = (tcp.seq + tcp.payload.length) >>> 0;
    const end = (tcp.seq + tcp.seqLength) >>> 0;
    if (own.end === undefined || ((end - own.end) | 0) > 0) own.end = end;
    if (tcp.has(TCP_FLAG.ack)) this.acknowledged(`TCP ${to} → ${from}`, unsigned(tcp.ack), atNs);
  }

  private acknowledged(name: string, ack: number, atNs: number): void {
    const flow = this.flow(name);
    if (flow.una === undefined) flow.una = ack;
    const news = (ack - flow.una) | 0;
    // A number that was never sent acknowledges nothing (RFC 9293 section 3.10.7.4).
    if (news <= 0 || (flow.end !== undefined && ((ack - flow.end) | 0) > 0)) return;
    const bytes = news - (flow.fin !== undefined && ack === (flow.fin + 1) >>> 0 ? 1 : 0);
    flow.una = ack;
    if (bytes > 0) this.curve(name).push([atNs, bytes]);
  }

  private flow(name: string): TcpFlow {
    let flow = this.flows.get(name);
    if (flow === undefined) {
      flow = { una: undefined, end: undefined, fin: undefined };
      this.flows.set(name, flow);
    }
    return flow;
  }

  private curve(name: string): Point[] {
    let points = this.delivered.get(name);
    if (points === undefined) {
      points = [];
      this.delivered.set(name, points);
    }
    return points;
  }

  /** One curve per flow that delivered anything, all with the same intervals, so that they can be compared. */
  curves(): Curve[] {
    const bytes = new Map([...this.delivered].map(([name, points]) => [name, [...points]]));
    for (const { flow, atNs, bytes: count } of [...this.datagrams.values()].flat())
      bytes.get(flow)!.push([atNs, count]);
    const all = [...bytes]
      .filter(([, points]) => points.length > 0)
      .map(([name, points]) => ({ name, points, sent: this.sent.get(name) ?? [] }));
    const instants = all.flatMap(({ points, sent }) => [...points, ...sent].map(([atNs]) => atNs));
    const fromNs = instants.reduce((least, atNs) => Math.min(least, atNs), Number.POSITIVE_INFINITY);
    const toNs = instants.reduce((most, atNs) => Math.max(most, atNs), 0);
    return all.map(({ name, points, sent }) => ({
      name,
      points: rateOf(points, fromNs, toNs),
      bound: rateOf(sent, fromNs, toNs),
    }));
  }
}
