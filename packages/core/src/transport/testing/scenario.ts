/**
 * Tests that read like a trace: one host under test at 10.0.0.1, a peer at 10.0.0.2 played by hand. Sequence numbers are relative to each side's
 * initial one, times are milliseconds of virtual time. `at(t)` runs the host up to then; `expect` takes the next segment that the host sent and
 * insists that it left at exactly that time.
 */
import { assert } from '../../base/assert.ts';
import { MS } from '../../time/instant.ts';
import {
  ICMP,
  IcmpMessage,
  IP_PROTOCOL,
  Ipv4Packet,
  PacketId,
  TCP_FLAG,
  type TcpOptions,
  TcpSegment,
} from '../../wire/packet.ts';
import { EMPTY_PAYLOAD, payloadOf } from '../../wire/payload.ts';
import { flagLetters, flagOfLetter } from '../../wire/tcp-flags.ts';
import type { TcpConnection } from '../tcp/connection.ts';
import { Tcp } from '../tcp/tcp.ts';
import { FakeIp, ip4, TestClock } from './fake-ip.ts';

export const PEER_PORT = 4321;
export const HOST_PORT = 80;
const PEER_ISS = 0xffff_ff00; // wraps within the first 256 bytes

/** A segment in a trace. `flags` as tcpdump writes them: `S`, `S.`, `.`, `P.`, `F.`, `R`. */
export interface Trace {
  readonly flags: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly length?: number;
  readonly data?: string;
  readonly window?: number;
  readonly urgent?: number;
  readonly ts?: readonly [value: number, echo: number] | undefined;
  readonly sack?: readonly (readonly [number, number])[];
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly port?: number;
  /** DSCP and ECN of the packet. */
  readonly tos?: number;
}

export const syn = (more: Partial<Trace> = {}): Trace => ({ flags: 'S', seq: 0, window: 65_535, mss: 1000, ...more });
export const synAck = (more: Partial<Trace> = {}): Trace => ({
  flags: 'S.',
  seq: 0,
  ack: 1,
  window: 65_535,
  mss: 1000,
  ...more,
});
export const ack = (number: number, more: Partial<Trace> = {}): Trace => ({ flags: '.', ack: number, ...more });
export const data = (seq: number, length: number, more: Partial<Trace> = {}): Trace => ({
  flags: '.',
  seq,
  length,
  ...more,
});
export const fin = (seq: number, number: number, more: Partial<Trace> = {}): Trace => ({
  flags: 'F.',
  seq,
  ack: number,
  ...more,
});
export const rst = (seq: number, more: Partial<Trace> = {}): Trace => ({ flags: 'R', seq, ...more });

interface Sent {
  readonly at: number;
  readonly segment: TcpSegment;
  readonly packet: Ipv4Packet;
}

export class Scenario {
  readonly clock = new TestClock();
  readonly ip: FakeIp;
  readonly tcp: Tcp;
  readonly host = ip4('10.0.0.1');
  readonly peer = ip4('10.0.0.2');
  readonly states: string[] = [];
  readonly drops: string[] = [];
  private readonly out: Sent[] = [];
  /** The host's initial sequence number towards each port of the peer. */
  private readonly issOf = new Map<number, number>();
  private speaking = PEER_PORT;
  private seq = 0;
  private acked = 0;

  constructor(sysctl: Readonly<Record<string, string>> = {}) {
    this.ip = new FakeIp(this.host, (packet) => {
      const segment = packet.payload;
      if (segment.kind !== 'tcp') return;
      if (segment.has(TCP_FLAG.syn)) this.issOf.set(segment.dstPort, segment.seq);
      this.out.push({ at: this.clock.queue.now, segment, packet });
    });
    const context = this.clock.context('host');
    this.tcp = new Tcp(context, this.ip);
    for (const [key, value] of Object.entries(sysctl)) {
      const cell = context.sysctl.get(key);
      if (cell === undefined || !cell.set(value)) throw new Error(`sysctl ${key} = ${value}`);
    }
    this.clock.recorder.on('tcp.state', (event) => this.states.push(`${event.values.from}>${event.values.to}`));
    this.clock.recorder.on('tcp.drop', (event) => this.drops.push(event.values.reason));
  }

  private get hostIss(): number {
    return this.issOf.get(this.speaking) ?? 0;
  }

  get nowMs(): number {
    return this.clock.queue.now / MS;
  }

  /** Runs the host up to `ms`. */
  at(ms: number): this {
    const until = Math.round(ms * MS);
    while (this.clock.queue.step(until));
    if (this.clock.queue.now < until) this.clock.queue.advance(until);
    return this;
  }

  /** A segment from the peer arrives. */
  send(trace: Trace): this {
    let flags = 0;
    this.speaking = trace.port ?? PEER_PORT;
    for (const letter of trace.flags) flags |= flagOfLetter(letter)!;
    if (trace.seq !== undefined) this.seq = trace.seq;
    if (trace.ack !== undefined) this.acked = trace.ack;
    const length = trace.data?.length ?? trace.length ?? 0;
    const payload = length === 0 ? EMPTY_PAYLOAD : payloadOf(this.bytes(trace.data, length));
    const hasAck = (flags & TCP_FLAG.ack) !== 0;
    const segment = new TcpSegment(
      trace.port ?? PEER_PORT,
      this.port,
      this.wireSeq(this.seq),
      hasAck ? (this.hostIss + this.acked) >>> 0 : 0,
      flags,
      trace.window ?? 65_535,
      trace.urgent ?? 0,
      trace.ts === undefined ? -1 : trace.ts[0],
      trace.ts === undefined ? 0 : trace.ts[1],
      this.options(trace),
      payload,
    );
    this.seq += segment.seqLength;
    this.deliver(segment, this.host, trace.tos ?? 0);
    return this;
  }

  port = HOST_PORT;

  private bytes(text: string | undefined, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = text === undefined ? (i + this.seq) & 255 : text.charCodeAt(i);
    return bytes;
  }

  private wireSeq(relative: number): number {
    return (PEER_ISS + relative) >>> 0;
  }

  private options(trace: Trace): TcpOptions | undefined {
    const { mss, windowScale, sackPermitted, sack } = trace;
    if (mss === undefined && windowScale === undefined && sackPermitted === undefined && sack === undefined)
      return undefined;
    const base = this.hostIss;
    return {
      ...(mss === undefined ? {} : { mss }),
      ...(windowScale === undefined ? {} : { windowScale }),
      ...(sackPermitted === undefined ? {} : { sackPermitted }),
      ...(sack === undefined ? {} : { sack: sack.map(([l, r]) => [(base + l) >>> 0, (base + r) >>> 0] as const) }),
    };
  }

  deliver(segment: TcpSegment, dst = this.host, tos = 0): void {
    const ident = new PacketId(1_000_000);
    this.ip.deliver(
      Ipv4Packet.of({
        ident,
        src: this.peer,
        dst,
        protocol: IP_PROTOCOL.tcp,
        ttl: 64,
        tos,
        payload: segment,
      }),
      this.clock.queue.now,
    );
  }

  /** An ICMP error about the host's segment with this relative sequence number. */
  icmp(type: number, code: number, seq: number, rest = 0): this {
    const wire = (this.hostIss + seq) >>> 0;
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, this.port);
    view.setUint16(2, PEER_PORT);
    view.setUint32(4, wire);
    const quoted = { src: this.host, dst: this.peer, protocol: IP_PROTOCOL.tcp, bytes };
    this.ip.icmp(new IcmpMessage(type, code, rest, EMPTY_PAYLOAD), quoted, ip4('10.0.0.254'));
    return this;
  }

  /** The next segment of the host, as a trace; fields that `wanted` names must agree, and it must have left now. */
  expect(wanted: Partial<Trace>): this {
    return this.expectAt(this.nowMs, wanted);
  }

  /** As `expect`, for a segment that left earlier. */
  expectAt(ms: number, wanted: Partial<Trace>): this {
    const sent = this.out.shift();
    assert(sent !== undefined, `at ${this.nowMs} ms: expected ${text(wanted)}, nothing was sent`);
    const seen = this.describe(sent.segment);
    const differs = text({ ...pick(seen, wanted), at: sent.at / MS }) !== text({ ...wanted, at: ms });
    assert(!differs, `expected ${text(wanted)} at ${ms} ms, sent was ${text(seen)} at ${sent.at / MS} ms`);
    return this;
  }

  expectNothing(): this {
    const sent = this.out.map((one) => text({ ...this.describe(one.segment), at: one.at / MS }));
    assert(sent.length === 0, `expected nothing, sent was ${sent.join(', ')}`);
    return this;
  }

  /** What the host sent since the last look, whatever it is. */
  take(): TcpSegment[] {
    return this.out.splice(0).map((sent) => sent.segment);
  }

  /** As `take`, with the times in milliseconds. */
  takeTimed(): [number, TcpSegment][] {
    return this.out.splice(0).map((sent) => [sent.at / MS, sent.segment]);
  }

  takePackets(): Ipv4Packet[] {
    return this.out.splice(0).map((sent) => sent.packet);
  }

  /** Flags, relative sequence and acknowledgement number, length, window and the options that are there. */
  summary(segment: TcpSegment): readonly [string, number, number, number, number, Readonly<Record<string, unknown>>] {
    const { flags, seq, ack, length, window } = this.describe(segment);
    const { options } = segment;
    const { mss, windowScale, sackPermitted } = options ?? {};
    const sack = this.describe(segment).sack;
    const present = {
      mss,
      windowScale,
      sackPermitted,
      sack: sack.length > 0 ? sack : undefined,
      ts: segment.tsVal >= 0 || undefined,
    };
    const named = Object.fromEntries(Object.entries(present).filter(([, value]) => value !== undefined));
    return [flags, segment.seq === 0 ? 0 : seq, segment.has(TCP_FLAG.ack) ? ack : 0, length, window, named];
  }

  private describe(segment: TcpSegment): Required<Omit<Trace, 'data' | 'port' | 'tos'>> {
    const relative = (value: number): number => (value - PEER_ISS) >>> 0;
    return {
      flags: flagLetters(segment.flags),
      seq: (segment.seq - (this.issOf.get(segment.dstPort) ?? 0)) >>> 0,
      ack: relative(segment.ack),
      length: segment.payload.length,
      window: segment.window,
      urgent: segment.urgentPointer,
      ts: segment.tsVal < 0 ? undefined : [segment.tsVal, segment.tsEcr],
      sack: (segment.options?.sack ?? []).map(([l, r]) => [relative(l), relative(r)] as const),
      mss: segment.options?.mss ?? 0,
      windowScale: segment.options?.windowScale ?? -1,
      sackPermitted: segment.options?.sackPermitted ?? false,
    };
  }

  listen(backlog = 10): TcpConnection {
    const listener = this.tcp.socket();
    assert(listener.bind(ip4('0.0.0.0'), HOST_PORT) === undefined, 'bind');
    assert(listener.listen(backlog) === undefined, 'listen');
    return listener;
  }

  /** ESTABLISHED, opened by the peer after a round trip of `rttMs`; no options but the MSS unless asked for. */
  accepted(offer: Partial<Trace> = {}, rttMs = 1): TcpConnection {
    const listener = this.listen();
    const now = this.nowMs;
    this.at(now).send(syn(offer));
    this.take();
    this.at(now + rttMs).send(
      ack(1, {
        seq: 1,
        ...(offer.window === undefined ? {} : { window: offer.window }),
        ...(offer.ts === undefined ? {} : { ts: [offer.ts[0], 0] }),
      }),
    );
    const child = listener.accept() as TcpConnection;
    assert(child?.stateName === 'ESTABLISHED', 'the connection opens');
    this.take();
    return child;
  }

  /** ESTABLISHED, opened by the host after `rttMs`. */
  connected(offer: Partial<Trace> = {}, rttMs = 0): TcpConnection {
    const c = this.connecting();
    const now = this.nowMs;
    this.at(now + rttMs).send(synAck(offer));
    this.take();
    assert(c.stateName === 'ESTABLISHED', 'the connection opens');
    return c;
  }

  /** SYN-SENT; the SYN was taken off. */
  connecting(): TcpConnection {
    const c = this.tcp.socket();
    c.connect(this.peer, PEER_PORT);
    this.port = c.localPort;
    const [first] = this.take();
    assert(first?.has(TCP_FLAG.syn) === true, 'a SYN goes out');
    return c;
  }
}

function pick(seen: object, wanted: object): object {
  return Object.fromEntries(Object.entries(seen).filter(([key]) => key in wanted));
}

/** Fields in the order of their names, so that equal traces have equal texts. */
function text(trace: object): string {
  const fields = Object.entries(trace).filter(([, value]) => value !== undefined);
  return JSON.stringify(Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))));
}

export const UNREACHABLE = ICMP.unreachable;

/** `count` bytes to send. */
export function bytes(count: number): ReturnType<typeof payloadOf> {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = i & 255;
  return payloadOf(out);
}
