/**
 * The file of the notes' CSV question, made up: a header and rows `"UC…", "5", "1"` with a blank after each comma, ids of 24 characters that never repeat
 * (their last twelve digits count the rows). The same number of rows gives the same bytes on every machine: a linear congruential generator of 31 bits.
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';

/** As many as the notes' file has: `2.71 million`, so that the last batch of 100 holds 37. */
export const NOTES_ROWS = 2_710_037;
export const HEADER = '"subscription_id", "erotic", "num"\n';
/** No row is longer: quotes, commas and blanks, 24 characters of id, one digit, three digits, the line end. */
const MAX_ROW_BYTES = 39;

const LETTERS = encodeUtf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const [QUOTE, ZERO] = [34, 48];
const BETWEEN = encodeUtf8('", "');

export class RowMaker {
  private row = 0;
  private state = 12_345;

  constructor(private readonly rows: number) {}

  get done(): boolean {
    return this.row === this.rows;
  }

  /** Writes as many whole rows as fit into `out`, and answers where they end. */
  fill(out: Uint8Array): number {
    let at = 0;
    while (this.row < this.rows && at + MAX_ROW_BYTES <= out.length) at = this.put(out, at);
    return at;
  }

  private put(out: Uint8Array, start: number): number {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    let at = start;
    out[at++] = QUOTE;
    out[at++] = 85;
    out[at++] = 67;
    at = this.putLetters(out, at);
    for (let rest = this.row, k = 11; k >= 0; k--) {
      out[at + k] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    at = putBetween(out, at + 12);
    out[at++] = ZERO + ((this.state >>> 16) % 10);
    at = putNumber(out, putBetween(out, at), (this.state >>> 8) % 1000);
    out[at++] = QUOTE;
    out[at++] = 10;
    this.row++;
    return at;
  }

  /** Ten letters of six bits each: first those of the state turned over, then those of the state itself. */
  private putLetters(out: Uint8Array, at: number): number {
    let low = this.state ^ 0x2545_f491;
    for (let k = 0; k < 5; k++, low >>>= 6) out[at + k] = LETTERS[low & 63]!;
    // One bit of the first word is left over.
    out[at + 5] = LETTERS[(low | (this.state << 1)) & 63]!;
    for (let k = 6, high = this.state >>> 5; k < 10; k++, high >>>= 6) out[at + k] = LETTERS[high & 63]!;
    return at + 10;
  }
}

function putBetween(out: Uint8Array, at: number): number {
  out.set(BETWEEN, at);
  return at + BETWEEN.length;
}

/** A number below 1000 without leading zeros. */
function putNumber(out: Uint8Array, start: number, value: number): number {
  let at = start;
  if (value >= 100) out[at++] = ZERO + Math.floor(value / 100);
  if (value >= 10) out[at++] = ZERO + (Math.floor(value / 10) % 10);
  out[at++] = ZERO + (value % 10);
  return at;
}
