/** Two hosts joined by a pipe that delays, serialises, loses, duplicates and reorders as its rule says. */
import type { Ipv4Address } from '../../base/address.ts';
import { mulDiv } from '../../base/muldiv.ts';
import { SECOND } from '../../time/instant.ts';
import type { Event } from '../../time/queue.ts';
import { type Ipv4Packet, RawPdu } from '../../wire/packet.ts';
import { Tcp } from '../tcp/tcp.ts';
import { FakeIp, ip4, TestClock } from './fake-ip.ts';

/** Extra delays of the copies that arrive: `[0]` is the normal fate, `[]` a loss, `[0, 5]` a duplicate, `corrupt` damage that the checksum finds. */
export type Rule = (packet: Ipv4Packet, index: number, from: Ipv4Address) => readonly number[] | 'corrupt';

const NORMAL: readonly number[] = [0];

export interface PipeOptions {
  readonly delayNs?: number;
  readonly bitsPerSecond?: number;
  /** Packets that wait for the serialiser at most. */
  readonly queue?: number;
  readonly rule?: Rule;
  readonly seed?: number;
}

export class Pipe {
  readonly clock: TestClock;
  readonly a: Side;
  readonly b: Side;
  packets = 0;
  rule: Rule;

  constructor(options: PipeOptions = {}) {
    this.clock = new TestClock(options.seed ?? 1);
    this.rule = options.rule ?? (() => NORMAL);
    this.a = new Side(this, 'a', ip4('10.0.0.1'), options);
    this.b = new Side(this, 'b', ip4('10.0.0.2'), options);
    this.a.peer = this.b;
    this.b.peer = this.a;
  }

  run(untilNs: number): void {
    const { queue } = this.clock;
    while (queue.step(untilNs));
    if (queue.now < untilNs) queue.advance(untilNs);
  }

  /** Until nothing is pending. */
  drain(limitNs = 86_400 * SECOND): void {
    while (this.clock.queue.step(limitNs));
  }
}

export class Side {
  readonly ip: FakeIp;
  readonly tcp: Tcp;
  peer: Side | undefined;
  private freeAt = 0;
  private waiting = 0;

  constructor(
    private readonly pipe: Pipe,
    name: string,
    readonly address: Ipv4Address,
    private readonly options: PipeOptions,
  ) {
    this.ip = new FakeIp(address, (packet) => this.send(packet));
    this.tcp = new Tcp(pipe.clock.context(name), this.ip);
  }

  private send(packet: Ipv4Packet): void {
    const { queue } = this.pipe.clock;
    const fates = this.pipe.rule(packet, this.pipe.packets++, this.address);
    let at = queue.now;
    if (this.options.bitsPerSecond !== undefined) {
      if (this.waiting >= (this.options.queue ?? 1000)) return;
      this.freeAt = Math.max(this.freeAt, at) + mulDiv(packet.length * 8, SECOND, this.options.bitsPerSecond);
      this.waiting++;
      at = this.freeAt;
      queue.schedule(at, { fire: () => this.waiting-- });
    }
    const target = packet.dst.key === this.address.key ? this : this.peer!;
    if (fates === 'corrupt') {
      queue.schedule(at + (this.options.delayNs ?? 0), new Arrival(target, damaged(packet)));
      return;
    }
    for (const extra of fates) queue.schedule(at + (this.options.delayNs ?? 0) + extra, new Arrival(target, packet));
  }
}

/** What a card hands up of a segment whose checksum does not fit. */
function damaged(packet: Ipv4Packet): Ipv4Packet {
  return packet.with({ payload: new RawPdu(packet.payload.payload, 'bad checksum') });
}

class Arrival implements Event {
  constructor(
    private readonly to: Side,
    private readonly packet: Ipv4Packet,
  ) {}

  fire(now: number): void {
    this.to.ip.deliver(this.packet, now);
  }
}
