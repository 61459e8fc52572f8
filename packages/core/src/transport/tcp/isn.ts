/**
 * Initial sequence numbers (RFC 6528, RFC 9293 section 3.4.1): a clock that ticks every 64 ns, as on Linux, plus a keyed hash of the two sockets,
 * so that they rise for one pair and tell nothing about another. And the offset of the time-stamp clock, by the pair of hosts.
 */
import type { IpAddress } from '../../base/address.ts';
import type { Seq } from '../../base/sequence.ts';
import type { Stream } from '../../random/random.ts';
import type { Instant } from '../../time/instant.ts';
import { addressHash } from '../demux.ts';

export class SequenceSource {
  private readonly key0: number;
  private readonly key1: number;
  private readonly key2: number;

  constructor(private readonly random: Stream) {
    this.key0 = random.bits32();
    this.key1 = random.bits32();
    this.key2 = random.bits32();
  }

  private hash(local: IpAddress, remote: IpAddress, ports: number, key: number): number {
    let h = key ^ this.key2;
    for (const word of [addressHash(local), addressHash(remote), ports]) {
      h = Math.imul(h ^ word, 0x9e37_79b1);
      h = Math.imul(h ^ (h >>> 15), 0x85eb_ca77);
      h = Math.imul(h ^ (h >>> 13) ^ key, 0xc2b2_ae3d);
    }
    return h ^ (h >>> 16);
  }

  /** ISN = M + F(localip, localport, remoteip, remoteport, secretkey), RFC 6528 section 3. */
  initial(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number, at: Instant): Seq {
    const clock = Math.floor(at / 64) % 0x1_0000_0000;
    return (this.hash(local, remote, (localPort << 16) ^ remotePort, this.key0) + clock) | 0;
  }

  /** Where a connection's IP identification starts. */
  identification(): number {
    return this.random.bits32() & 0xffff;
  }

  timestampOffset(local: IpAddress, remote: IpAddress): number {
    return this.hash(local, remote, 0, this.key1);
  }
}
