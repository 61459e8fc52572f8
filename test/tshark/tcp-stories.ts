/**
 * Random TCP conversations as a capture point would see them: mostly orderly, with losses, repetitions, swaps, closed windows, probes
 * and keep-alives put in. They need not be what a real stack would send; they have to be what analysis must have an opinion on.
 */
import { Ipv4Address, MacAddress } from '@netarium/core/base/address.ts';
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import {
  ETHERTYPE,
  Frame,
  IP_PROTOCOL,
  Ipv4Packet,
  PacketId,
  TCP_FLAG,
  type TcpOptions,
  TcpSegment,
} from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';

const ident = new PacketId(1);
const MACS = [new MacAddress(0x0200_0000_0001), new MacAddress(0x0200_0000_0002)] as const;
const IPS = [new Ipv4Address(0x0a00_0102), new Ipv4Address(0x0a00_0202)] as const;
const DELAYS_NS = [1_000, 200_000, 2_500_000, 5_000_000, 30_000_000, 250_000_000];

/** A small generator of its own (xorshift): the stories of a seed never change. */
export class Dice {
  constructor(private state: number) {
    this.state = (state * 2_654_435_761 + 1) >>> 0 || 1;
  }

  below(n: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state % n;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

interface Side {
  readonly port: number;
  next: number;
  acked: number;
  window: number;
  /** What was sent, for repetitions. */
  readonly sent: { seq: number; length: number }[];
}

export function tcpStory(seed: number, steps = 60): Uint8Array {
  const story = new Story(new Dice(seed));
  if (story.dice.below(5) > 0) story.handshake();
  for (let i = 0; i < steps; i++) story.step();
  return story.capture();
}

class Story {
  private readonly chunks: Uint8Array[] = [];
  private readonly writer = new PcapngWriter({ name: 'story', epochSeconds: 1_700_000_000 }, (chunk) =>
    this.chunks.push(chunk.slice()),
  );
  private atNs = 0;
  private readonly sides: readonly [Side, Side];

  constructor(readonly dice: Dice) {
    const side = (port: number): Side => {
      const isn = dice.pick([0xffff_ffd0, 1000, 5000 + dice.below(0x7fff_ffff)]);
      return { port, next: isn, acked: 0, window: 500, sent: [] };
    };
    this.sides = [side(40_000), side(dice.pick([9999, 7777]))];
    this.sides[0].acked = this.sides[1].next;
    this.sides[1].acked = this.sides[0].next;
  }

  handshake(): void {
    const scale = this.dice.pick([undefined, 0, 7]);
    const other = this.dice.below(4) === 0 ? undefined : scale;
    const options = (windowScale: number | undefined): TcpOptions => ({
      mss: 1460,
      ...(windowScale === undefined ? {} : { windowScale }),
    });
    this.send(0, TCP_FLAG.syn, 0, options(scale));
    this.sides[0].next++;
    this.sides[1].acked = this.sides[0].next >>> 0;
    this.send(1, TCP_FLAG.syn | TCP_FLAG.ack, 0, options(other));
    this.sides[1].next++;
    this.sides[0].acked = this.sides[1].next >>> 0;
    if (this.dice.below(6) > 0) this.send(0, TCP_FLAG.ack, 0);
  }

  step(): void {
    const from = this.dice.below(2);
    const kinds = [
      () => this.data(from),
      () => this.data(from),
      () => this.data(from),
      () => this.data(from),
      () => this.acknowledge(from),
      () => this.acknowledge(from),
      () => this.acknowledge(from),
      () => this.send(from, TCP_FLAG.ack, 0),
      () => this.send(from, TCP_FLAG.ack, 0),
      () => this.repeat(from),
      () => this.repeat(from),
      () => this.skip(from),
      () => this.window(from),
      () => this.probe(from),
      () => this.keepAlive(from),
      () => this.close(from),
      () => this.sack(from),
    ];
    this.dice.pick(kinds)();
  }

  private data(from: number, length = this.dice.pick([1, 10, 100, 1000])): void {
    const side = this.sides[from]!;
    side.sent.push({ seq: side.next, length });
    this.send(from, TCP_FLAG.ack | (this.dice.below(2) * TCP_FLAG.psh), length);
    side.next = (side.next + length) >>> 0;
  }

  private acknowledge(from: number): void {
    const side = this.sides[from]!;
    const other = this.sides[1 - from]!;
    const choice = this.dice.below(6);
    const some = other.sent.length === 0 ? undefined : this.dice.pick(other.sent.slice(-4));
    if (choice > 1 || some === undefined) side.acked = other.next;
    else side.acked = (some.seq + (choice === 0 ? some.length : some.length >> 1)) >>> 0;
    this.send(from, TCP_FLAG.ack, 0);
  }

  private repeat(from: number): void {
    const side = this.sides[from]!;
    if (side.sent.length === 0) return;
    const { seq, length } = this.dice.pick(side.sent.slice(-5));
    const next = side.next;
    side.next = seq;
    this.send(from, TCP_FLAG.ack, length);
    side.next = next;
  }

  /** A segment that the capture point did not see; it may come later as a repetition. */
  private skip(from: number): void {
    const side = this.sides[from]!;
    const length = this.dice.pick([10, 1000]);
    side.sent.push({ seq: side.next, length });
    side.next = (side.next + length) >>> 0;
  }

  private window(from: number): void {
    this.sides[from]!.window = this.dice.pick([0, 0, 1, 2, 500, 501]);
    this.send(from, TCP_FLAG.ack, 0);
  }

  private probe(from: number): void {
    const side = this.sides[from]!;
    this.send(from, TCP_FLAG.ack, 1);
    if (this.dice.below(2) === 0) side.sent.push({ seq: side.next, length: 1 });
    if (this.dice.below(2) === 0) this.send(1 - from, TCP_FLAG.ack, 0);
  }

  private keepAlive(from: number): void {
    const side = this.sides[from]!;
    side.next = (side.next - 1) >>> 0;
    this.send(from, TCP_FLAG.ack, this.dice.below(2));
    side.next = (side.next + 1) >>> 0;
    if (this.dice.below(2) === 0) this.send(1 - from, TCP_FLAG.ack, 0);
  }

  private close(from: number): void {
    if (this.dice.below(3) > 0) return;
    const side = this.sides[from]!;
    const reset = this.dice.below(4) === 0;
    this.send(from, (reset ? TCP_FLAG.rst : TCP_FLAG.fin) | TCP_FLAG.ack, 0);
    if (!reset) side.next = (side.next + 1) >>> 0;
  }

  private sack(from: number): void {
    const sent = this.sides[1 - from]!.sent;
    if (sent.length < 2) return;
    const { seq, length } = this.dice.pick(sent.slice(-3));
    this.send(from, TCP_FLAG.ack, 0, { sack: [[seq, (seq + length) >>> 0]] });
  }

  private send(from: number, flags: number, length: number, options?: TcpOptions): void {
    const side = this.sides[from]!;
    this.atNs += this.dice.pick(DELAYS_NS);
    const tcp = new TcpSegment(
      side.port,
      this.sides[1 - from]!.port,
      side.next >>> 0,
      (flags & TCP_FLAG.ack) === 0 ? 0 : side.acked,
      flags,
      side.window,
      0,
      -1,
      0,
      options,
      payloadOf(new Uint8Array(length)),
    );
    const packet = Ipv4Packet.of({
      ident,
      src: IPS[from]!,
      dst: IPS[1 - from]!,
      protocol: IP_PROTOCOL.tcp,
      ttl: 64,
      payload: tcp,
    });
    this.writer.packet(this.atNs, encodeFrame(new Frame(MACS[1 - from]!, MACS[from]!, ETHERTYPE.ipv4, packet)));
  }

  capture(): Uint8Array {
    this.writer.flush();
    return concatBytes(this.chunks);
  }
}
