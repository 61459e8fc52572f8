/**
 * What conversation analysis said of each row of a packet list, in arrays of numbers: a million `TcpContext` objects would be two hundred megabytes that
 * the page's garbage collector walks through again and again.
 */
import type { TcpContext, TcpFinding } from '@netarium/core/wire/dissector.ts';

/** What most segments do not have, in the order of their bits. */
const SELDOM = [
  'duplicateAckNumber',
  'duplicateAckFrame',
  'acksFrame',
  'ackRttNs',
  'initialRttNs',
  'rtoNs',
  'rtoFrame',
  'bytesInFlight',
  'pushBytesSent',
] as const;

/** Numbers of a record before the seldom ones. */
const ALWAYS = 6;
const CHUNK = 65_536;

/** The small parts share a number: each is multiplied by this. */
const PLACE = { http: 64, analysed: 128, shift: 256, seldom: 8192, findings: 8192 << SELDOM.length } as const;
/** A window's shift is -2 at least. */
const SHIFT_BASE = 2;

export class TcpContexts {
  /** One more than the place of a row's record; 0 for what is no TCP. */
  private readonly places: Uint32Array;
  private readonly chunks: Float64Array[] = [];
  private used = 0;
  /** Combinations of findings, each once. */
  private readonly findings: (readonly TcpFinding[])[] = [];
  private readonly findingNumbers = new Map<string, number>();
  /** Rows so far. */
  length = 0;

  constructor(rows: number) {
    this.places = new Uint32Array(rows);
  }

  push(context: TcpContext | undefined): void {
    if (context !== undefined) this.places[this.length] = 1 + this.record(context);
    this.length++;
  }

  /** Undefined for what is no TCP, and for rows that nobody pushed yet. */
  at(row: number): TcpContext | undefined {
    const place = (this.places[row] ?? 0) - 1;
    if (place < 0) return undefined;
    const chunk = this.chunks[Math.floor(place / CHUNK)]!;
    let at = place % CHUNK;
    const [stream, packed, seqBase, ackBase, sinceFirstNs, sincePreviousNs] = chunk.subarray(
      at,
      at + ALWAYS,
    ) as never as [number, number, number, number, number, number];
    const seldom: Record<string, number> = {};
    at += ALWAYS;
    for (const [bit, name] of SELDOM.entries())
      if ((part(packed, PLACE.seldom) >> bit) & 1) seldom[name] = chunk[at++]!;
    return {
      stream,
      completeness: packed % PLACE.http,
      http: part(packed, PLACE.http) % 2 === 1,
      seqBase,
      ackBase,
      windowShift: (part(packed, PLACE.shift) % 32) - SHIFT_BASE,
      sinceFirstNs,
      sincePreviousNs,
      analysed: part(packed, PLACE.analysed) % 2 === 1,
      findings: this.findings[part(packed, PLACE.findings)]!,
      ...seldom,
    };
  }

  /** The conversation of a row, without the rest; -1 for what is no TCP. */
  stream(row: number): number {
    const place = (this.places[row] ?? 0) - 1;
    return place < 0 ? -1 : this.chunks[Math.floor(place / CHUNK)]![place % CHUNK]!;
  }

  private record(context: TcpContext): number {
    const known = SELDOM.map((name) => context[name]);
    // A record lies in one chunk.
    if (this.used % CHUNK > CHUNK - ALWAYS - SELDOM.length) this.used = this.chunks.length * CHUNK;
    if (this.used === this.chunks.length * CHUNK) this.chunks.push(new Float64Array(CHUNK));
    const chunk = this.chunks.at(-1)!;
    const place = this.used;
    const { stream, seqBase, ackBase, sinceFirstNs, sincePreviousNs } = context;
    let at = place % CHUNK;
    for (const number of [stream, this.packed(context, known), seqBase, ackBase, sinceFirstNs, sincePreviousNs])
      chunk[at++] = number;
    for (const number of known) if (number !== undefined) chunk[at++] = number;
    this.used += at - (place % CHUNK);
    return place;
  }

  private packed(context: TcpContext, known: readonly (number | undefined)[]): number {
    const { completeness, http, analysed, windowShift, findings } = context;
    const seldom = known.reduce<number>((bits, number, bit) => bits + (number === undefined ? 0 : 1 << bit), 0);
    return (
      completeness +
      PLACE.http * Number(http) +
      PLACE.analysed * Number(analysed) +
      PLACE.shift * (windowShift + SHIFT_BASE) +
      PLACE.seldom * seldom +
      PLACE.findings * this.findingNumber(findings)
    );
  }

  private findingNumber(findings: readonly TcpFinding[]): number {
    const key = findings.join();
    let number = this.findingNumbers.get(key);
    if (number === undefined) {
      number = this.findings.push([...findings]) - 1;
      this.findingNumbers.set(key, number);
    }
    return number;
  }
}

function part(packed: number, place: number): number {
  return Math.floor(packed / place);
}
