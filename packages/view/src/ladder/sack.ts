/** What a selective acknowledgement tells, as parts of one line: from the first byte that is missing to the last one that has arrived. */
import type { LadderRow } from './ladder.ts';

export interface SackTicks {
  /** Bytes from the acknowledgement number to the last block's end. */
  readonly bytes: number;
  /** Between 0 and 1, in the order of the sequence numbers. */
  readonly blocks: readonly (readonly [from: number, to: number])[];
  /** The bytes that are acknowledged a second time (RFC 2883), which lie before the line or inside of another block. */
  readonly duplicate: readonly [left: number, right: number] | undefined;
}

/** Undefined where nothing is acknowledged selectively. */
export function sackTicks({ ack, sack = [] }: LadderRow): SackTicks | undefined {
  if (ack === undefined || sack.length === 0) return undefined;
  const blocks = [...sack];
  const [first, second] = blocks;
  // RFC 2883 section 4: the first block is a duplicate where it lies below the acknowledgement, or inside of the second one.
  const repeated =
    first !== undefined &&
    (first[1] <= ack || (second !== undefined && first[0] >= second[0] && first[1] <= second[1]));
  if (repeated) blocks.shift();
  const bytes = blocks.reduce((most, [, right]) => Math.max(most, right - ack), 0);
  return {
    bytes,
    blocks: blocks
      .map(([left, right]) => [Math.max(0, left - ack) / bytes, (right - ack) / bytes] as const)
      .sort((a, b) => a[0] - b[0]),
    duplicate: repeated ? first : undefined,
  };
}
