/**
 * The identification field for datagrams that may be fragmented, as Linux chooses it (__ip_select_ident): a counter per hash of
 * (destination, source, protocol), seeded, that also jumps by a random part of the ticks that passed since it was last used, so that
 * nobody learns a host's send rate from it. A tick is a jiffy at HZ 250.
 */
import type { IpAddress } from '../base/address.ts';
import { Mix } from '../base/mix.ts';
import type { Stream } from '../random/random.ts';
import type { HostContext } from '../record/host-context.ts';
import { JIFFY_NS } from '../time/instant.ts';

const BUCKETS = 2048;

class Bucket {
  constructor(
    public next: number,
    public tick: number,
  ) {}
}

export class Identifications {
  private readonly buckets = new Map<number, Bucket>();
  private random: Stream | undefined;

  constructor(private readonly context: HostContext) {}

  private get stream(): Stream {
    return (this.random ??= this.context.random.stream(`ip-identification/${this.context.name}`));
  }

  next(dst: IpAddress, src: IpAddress, protocol: number): number {
    const tick = Math.floor(this.context.queue.now / JIFFY_NS);
    const bucket = this.bucket(dst, src, protocol, tick);
    if (bucket.tick !== tick) {
      bucket.next += this.stream.below(Math.min(tick - bucket.tick, 0xffff_ffff));
      bucket.tick = tick;
    }
    const identification = bucket.next & 0xffff;
    bucket.next = (identification + 1) & 0xffff;
    return identification;
  }

  private bucket(dst: IpAddress, src: IpAddress, protocol: number, tick: number): Bucket {
    const index = hash(dst, src, protocol) % BUCKETS;
    let bucket = this.buckets.get(index);
    if (bucket === undefined) {
      bucket = new Bucket(this.stream.below(0x1_0000), tick);
      this.buckets.set(index, bucket);
    }
    return bucket;
  }
}

function hash(dst: IpAddress, src: IpAddress, protocol: number): number {
  const mix = new Mix();
  for (const { key } of [dst, src]) {
    if (typeof key === 'number') mix.word(key);
    else mix.text(key);
  }
  mix.word(protocol);
  return mix.a >>> 0;
}
