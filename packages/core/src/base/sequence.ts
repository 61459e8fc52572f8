/** TCP sequence arithmetic modulo 2^32 (RFC 9293 section 3.4). Values are unsigned 32-bit numbers. */
export type Seq = number;

/**
 * What a field of sequence numbers begins with. Minus zero is a floating-point number to the engine, so the field is one from the start;
 * with a plain 0 the first number beyond 2^31 would change the layout of its class, and all code compiled for that class would be thrown away.
 */
export const SEQ_ZERO: Seq = -0;

export function seqAdd(a: Seq, count: number): Seq {
  return (a + count) >>> 0;
}

/** Signed distance a - b, in -2^31 .. 2^31 - 1. */
export function seqDiff(a: Seq, b: Seq): number {
  return (a - b) | 0;
}

export function seqLt(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) < 0;
}

export function seqLeq(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) <= 0;
}

export function seqGt(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) > 0;
}

export function seqGeq(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) >= 0;
}

export function seqMax(a: Seq, b: Seq): Seq {
  return seqLt(a, b) ? b : a;
}

/** low <= value < high, around the wrap. */
export function seqBetween(low: Seq, value: Seq, high: Seq): boolean {
  return (value - low) >>> 0 < (high - low) >>> 0;
}
