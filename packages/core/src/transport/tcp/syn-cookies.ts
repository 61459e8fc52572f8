/**
 * SYN cookies (RFC 4987 section 3.6), as Linux makes them: when a listener's queue of half-open connections is full, the SYN-ACK's sequence number
 * holds what the third segment has to prove (a keyed hash of the pair, the minute, one of four MSS values), and the low bits of its time stamp
 * the options. Nothing is stored. Without time stamps a cookie carries no options, and a lost SYN-ACK is not repeated.
 */
import type { IpAddress } from '../../base/address.ts';
import type { Seq } from '../../base/sequence.ts';
import type { Stream } from '../../random/random.ts';
import { MINUTE } from '../../time/instant.ts';
import { addressHash } from '../demux.ts';
import type { SynOffer } from './syn-queue.ts';

const MSS_TABLE = [536, 1300, 1440, 1460] as const;
const COUNT_SHIFT = 24;
const DATA_MASK = 0xff_ffff;
/** A cookie is good for the minute of its making and the next one. */
const AGE_MAX = 2;
const PERIOD_NS = MINUTE;
export const COOKIE_VALID_NS = AGE_MAX * PERIOD_NS;

const TS_MASK = 63;
const NO_SCALE = 15;
const TS_SACK = 16;
const TS_ECN = 32;

interface Pair {
  readonly local: IpAddress;
  readonly localPort: number;
  readonly remote: IpAddress;
  readonly remotePort: number;
}

export class SynCookies {
  private readonly keys: readonly [number, number];

  constructor(random: Stream) {
    this.keys = [random.bits32(), random.bits32()];
  }

  private hash(pair: Pair, count: number, which: 0 | 1): number {
    let h = this.keys[which];
    for (const word of [
      addressHash(pair.local),
      addressHash(pair.remote),
      (pair.localPort << 16) ^ pair.remotePort,
      count,
    ]) {
      h = Math.imul(h ^ word, 0x9e37_79b1);
      h = Math.imul(h ^ (h >>> 15), 0x85eb_ca77);
      h = Math.imul(h ^ (h >>> 13) ^ this.keys[which], 0xc2b2_ae3d);
    }
    return (h ^ (h >>> 16)) >>> 0;
  }

  /** The sequence number of a SYN-ACK for a SYN with this sequence number and MSS. */
  make(pair: Pair, irs: Seq, mss: number, now: number): Seq {
    let index = MSS_TABLE.length - 1;
    while (index > 0 && mss < MSS_TABLE[index]!) index--;
    const count = Math.floor(now / PERIOD_NS);
    const data = (this.hash(pair, count, 1) + index) & DATA_MASK;
    return (this.hash(pair, 0, 0) + irs + ((count << COUNT_SHIFT) >>> 0) + data) | 0;
  }

  /** The MSS in a cookie that we made less than two minutes ago; undefined for any other number. */
  check(pair: Pair, irs: Seq, cookie: Seq, now: number): number | undefined {
    const count = Math.floor(now / PERIOD_NS);
    const rest = (cookie - this.hash(pair, 0, 0) - irs) >>> 0;
    const age = (count - (rest >>> COUNT_SHIFT)) & 0xff;
    if (age >= AGE_MAX) return undefined;
    const index = (rest - this.hash(pair, count - age, 1)) & DATA_MASK;
    return MSS_TABLE[index];
  }
}

/** The time stamp (before its offset) whose low six bits hold the options; never ahead of the clock. */
export function stampOptions(offer: SynOffer, clock: number): number {
  const options = (offer.windowScale ?? NO_SCALE) | (offer.sack ? TS_SACK : 0) | (offer.ecn ? TS_ECN : 0);
  const stamp = clock - (clock & TS_MASK) + options;
  return stamp > clock ? stamp - TS_MASK - 1 : stamp;
}

/** What a SYN said beside its MSS. */
interface Stamp {
  readonly windowScale: number | undefined;
  readonly sack: boolean;
  readonly ecn: boolean;
}

export const NO_STAMP: Stamp = { windowScale: undefined, sack: false, ecn: false };

/** Reads it from the echo of such a time stamp. */
export function readStamp(echo: number): Stamp {
  const scale = echo & NO_SCALE;
  return {
    windowScale: scale === NO_SCALE ? undefined : scale,
    sack: (echo & TS_SACK) !== 0,
    ecn: (echo & TS_ECN) !== 0,
  };
}
