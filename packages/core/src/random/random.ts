/**
 * Seeded randomness. One root seed; every concern draws from its own named stream (`loss/gw.eth1>web.eth0`), so that a draw added in one
 * place moves nothing elsewhere. The generator is xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators"),
 * seeded by a splitmix32 over the hash of (seed, name): 32-bit integer arithmetic only, equal in every engine.
 */
import { assert } from '../base/assert.ts';
import { Mix } from '../base/mix.ts';

export class Stream {
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  constructor(seed: number, name: string) {
    const mix = new Mix();
    mix.wide(seed);
    mix.text(name);
    let state = mix.a ^ Math.imul(mix.b, 0x27d4_eb2f);
    const next = (): number => {
      state = (state + 0x9e37_79b9) | 0;
      let z = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
      return z ^ (z >>> 15);
    };
    this.s0 = next();
    this.s1 = next();
    this.s2 = next();
    this.s3 = next() | 1;
  }

  /** 32 random bits, unsigned. */
  bits32(): number {
    const s1 = this.s1;
    const scrambled = Math.imul(rotl(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= s1;
    this.s1 = s1 ^ this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= t;
    this.s3 = rotl(this.s3, 11);
    return scrambled;
  }

  /** A uniform integer in 0 .. n - 1, without modulo bias; n up to 2^32. */
  below(n: number): number {
    assert(Number.isInteger(n) && n > 0 && n <= 0x1_0000_0000, `below(${n})`);
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % n);
    for (;;) {
      const bits = this.bits32();
      if (bits < limit) return bits % n;
    }
  }

  /** A uniform integer in 0 .. n - 1 for n up to 2^53 (durations in nanoseconds). */
  belowWide(n: number): number {
    if (n <= 0x1_0000_0000) return this.below(n);
    return Number((((BigInt(this.bits32()) << 32n) | BigInt(this.bits32())) * BigInt(n)) >> 64n);
  }

  /** True with a probability of `ppm` millionths. */
  chance(ppm: number): boolean {
    return ppm > 0 && this.below(1_000_000) < ppm;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const bits = this.bits32();
      for (let k = 0; k < 4 && i + k < length; k++) out[i + k] = bits >>> (8 * k);
    }
    return out;
  }
}

function rotl(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

/**
 * Where the real world would decide, core asks `choose(kind, entity, n)`. The seed's stream for that kind and entity answers; a schedule
 * explorer or a person may answer instead. Not asked when n is 1.
 */
export interface Chooser {
  choose(kind: string, entity: string, n: number): number;
}

/** Answers some choices in the seed's place; undefined leaves a choice to the seed. */
export interface Answerer {
  answer(kind: string, entity: string, n: number): number | undefined;
}

export class Randomness implements Chooser {
  private readonly streams = new Map<string, Stream>();
  /** The same streams by kind and entity, so that a choice joins no strings. */
  private readonly chosen = new Map<string, Map<string, Stream>>();

  constructor(
    readonly seed: number,
    private readonly answerer: Answerer | undefined = undefined,
  ) {}

  /** The stream of a concern, `kind/entity`; the same object each time. */
  stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = new Stream(this.seed, name);
      this.streams.set(name, stream);
    }
    return stream;
  }

  choose(kind: string, entity: string, n: number): number {
    if (n === 1) return 0;
    const answer = this.answerer?.answer(kind, entity, n);
    if (answer !== undefined) return answer;
    return (this.chosen.get(kind)?.get(entity) ?? this.firstChoice(kind, entity)).below(n);
  }

  private firstChoice(kind: string, entity: string): Stream {
    let entities = this.chosen.get(kind);
    if (entities === undefined) {
      entities = new Map();
      this.chosen.set(kind, entities);
    }
    const stream = this.stream(`${kind}/${entity}`);
    entities.set(entity, stream);
    return stream;
  }
}
