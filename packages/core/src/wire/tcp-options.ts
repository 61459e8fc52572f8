/**
 * TCP options (RFC 9293 section 3.2, RFC 7323, RFC 2018). Written in the order and with the padding of Linux's tcp_options_write:
 * MSS, SACK permitted + time stamps (or NOP NOP time stamps), NOP + window scale, NOP NOP + SACK, then options we do not know.
 * Read in any order; a list whose bytes our own packing would not give keeps them in `TcpOptions.raw`.
 */
import { assert } from '../base/assert.ts';
import type { Seq } from '../base/sequence.ts';
import { get16, get32, put16, put32 } from './buffer.ts';
import { sumBytes } from './checksum.ts';
import { type TcpOptions, type TcpSegment, tcpOptionsLength } from './packet.ts';

export const TCP_OPTION = {
  end: 0,
  nop: 1,
  mss: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
} as const;
const NOP = TCP_OPTION.nop;

// -- encode

/** Writes the options of a segment that has some; returns the sum of their bytes. */
export function putTcpOptions(bytes: Uint8Array, at: number, tcp: TcpSegment): number {
  if (tcp.options === undefined) {
    putTimestamps(bytes, at, tcp, NOP, NOP);
    return 0x0101 + 0x080a + (tcp.tsVal >>> 16) + (tcp.tsVal & 0xffff) + (tcp.tsEcr >>> 16) + (tcp.tsEcr & 0xffff);
  }
  const end = putOptions(bytes, at, tcp, tcp.options);
  assert(
    end - at <= 40 && end - at === tcp.headerLength - 20,
    'TCP options take as many bytes as the header length says',
  );
  return sumBytes(bytes, at, end);
}

function putTimestamps(bytes: Uint8Array, at: number, tcp: TcpSegment, first: number, second: number): void {
  bytes[at] = first;
  bytes[at + 1] = second;
  put16(bytes, at + 2, 0x080a);
  put32(bytes, at + 4, tcp.tsVal);
  put32(bytes, at + 8, tcp.tsEcr);
}

function putOptions(bytes: Uint8Array, at: number, tcp: TcpSegment, options: TcpOptions): number {
  if (options.raw !== undefined) {
    bytes.set(options.raw, at);
    return at + options.raw.length;
  }
  if (options.mss !== undefined) {
    put32(bytes, at, 0x0204_0000 | options.mss);
    at += 4;
  }
  if (tcp.tsVal >= 0) {
    if (options.sackPermitted === true) putTimestamps(bytes, at, tcp, TCP_OPTION.sackPermitted, 2);
    else putTimestamps(bytes, at, tcp, NOP, NOP);
    at += 12;
  } else if (options.sackPermitted === true) {
    put32(bytes, at, 0x0101_0402);
    at += 4;
  }
  if (options.windowScale !== undefined) {
    put32(bytes, at, 0x0103_0300 | options.windowScale);
    at += 4;
  }
  if (options.sack !== undefined && options.sack.length > 0) at = putSack(bytes, at, options.sack);
  return options.unknown === undefined ? at : putUnknown(bytes, at, options.unknown);
}

function putSack(bytes: Uint8Array, at: number, blocks: NonNullable<TcpOptions['sack']>): number {
  put16(bytes, at, 0x0101);
  put16(bytes, at + 2, (TCP_OPTION.sack << 8) | (2 + 8 * blocks.length));
  at += 4;
  for (const [left, right] of blocks) {
    put32(bytes, at, left);
    put32(bytes, at + 4, right);
    at += 8;
  }
  return at;
}

function putUnknown(bytes: Uint8Array, at: number, unknown: NonNullable<TcpOptions['unknown']>): number {
  const start = at;
  for (const { kind, data } of unknown) {
    bytes[at] = kind;
    bytes[at + 1] = data.length + 2;
    bytes.set(data, at + 2);
    at += data.length + 2;
  }
  while (((at - start) & 3) !== 0) bytes[at++] = NOP;
  return at;
}

/** A signature of TCP MD5 (RFC 2385). */
export function isSigned(options: TcpOptions): boolean {
  return options.unknown?.some(({ kind }) => kind === TCP_OPTION.md5) === true;
}

// -- decode

/** One option as it lies in the bytes. `length` covers kind and length bytes; `valid` is false for the one at which reading stops. */
export interface TcpOptionSpan {
  readonly kind: number;
  readonly start: number;
  readonly length: number;
  readonly valid: boolean;
}

/** Walks an option list. A length below two or past the end stops it, as in Linux's tcp_parse_options. */
export function tcpOptionSpans(bytes: Uint8Array, start: number, end: number): TcpOptionSpan[] {
  const spans: TcpOptionSpan[] = [];
  for (let at = start; at < end; ) {
    const kind = bytes[at]!;
    if (kind === TCP_OPTION.end || kind === NOP) {
      spans.push({ kind, start: at, length: 1, valid: true });
      if (kind === TCP_OPTION.end) break;
      at++;
      continue;
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > end) {
      spans.push({ kind, start: at, length: end - at, valid: false });
      break;
    }
    spans.push({ kind, start: at, length, valid: true });
    at += length;
  }
  return spans;
}

export interface ReadOptions {
  readonly tsVal: number;
  readonly tsEcr: number;
  readonly options: TcpOptions | undefined;
}

interface Draft {
  mss?: number;
  windowScale?: number;
  sackPermitted?: boolean;
  sack?: (readonly [Seq, Seq])[];
  unknown?: { kind: number; data: Uint8Array }[];
  raw?: Uint8Array;
}

/** The options in bytes[start, end); `segmentOf` makes the segment that would carry them, to see whether it encodes to the same bytes. */
export function getTcpOptions(
  bytes: Uint8Array,
  start: number,
  end: number,
  segmentOf: (read: ReadOptions) => TcpSegment,
): TcpSegment {
  // Nearly every segment: time stamps and nothing else, as we would write them.
  if (end - start === 12 && get32(bytes, start) === 0x0101_080a)
    return segmentOf({ tsVal: get32(bytes, start + 4), tsEcr: get32(bytes, start + 8), options: undefined });
  const draft: Draft = {};
  let tsVal = -1;
  let tsEcr = 0;
  for (const span of tcpOptionSpans(bytes, start, end)) {
    if (!span.valid) break;
    if (span.kind === TCP_OPTION.timestamps && span.length === 10) {
      tsVal = get32(bytes, span.start + 2);
      tsEcr = get32(bytes, span.start + 6);
    } else readOption(draft, bytes, span);
  }
  const options = hasAny(draft) ? draft : undefined;
  const plain = segmentOf({ tsVal, tsEcr, options });
  if (packsTo(plain, bytes, start, end)) return plain;
  return segmentOf({ tsVal, tsEcr, options: { ...draft, raw: bytes.slice(start, end) } });
}

function hasAny(draft: Draft): boolean {
  return (
    draft.mss !== undefined ||
    draft.windowScale !== undefined ||
    draft.sackPermitted !== undefined ||
    draft.sack !== undefined ||
    draft.unknown !== undefined
  );
}

/** A known option with a length that its RFC does not give is ignored, as Linux ignores it. */
function readOption(draft: Draft, bytes: Uint8Array, span: TcpOptionSpan): void {
  const { kind, start, length } = span;
  switch (kind) {
    case TCP_OPTION.end:
    case NOP:
    case TCP_OPTION.timestamps:
      return;
    case TCP_OPTION.mss:
      if (length === 4) draft.mss = get16(bytes, start + 2);
      return;
    case TCP_OPTION.windowScale:
      if (length === 3) draft.windowScale = bytes[start + 2]!;
      return;
    case TCP_OPTION.sackPermitted:
      if (length === 2) draft.sackPermitted = true;
      return;
    case TCP_OPTION.sack:
      if (length > 2 && (length - 2) % 8 === 0) draft.sack = sackBlocks(bytes, start + 2, start + length);
      return;
    default:
      (draft.unknown ??= []).push({ kind, data: bytes.slice(start + 2, start + length) });
  }
}

function sackBlocks(bytes: Uint8Array, start: number, end: number): (readonly [Seq, Seq])[] {
  const blocks: (readonly [Seq, Seq])[] = [];
  for (let at = start; at < end; at += 8) blocks.push([get32(bytes, at) | 0, get32(bytes, at + 4) | 0]);
  return blocks;
}

function packsTo(tcp: TcpSegment, bytes: Uint8Array, start: number, end: number): boolean {
  const length = tcp.options === undefined ? (tcp.tsVal < 0 ? 0 : 12) : tcpOptionsLength(tcp.options, tcp.tsVal >= 0);
  if (length !== end - start) return false;
  if (length === 0) return true;
  const ours = new Uint8Array(length);
  putTcpOptions(ours, 0, tcp);
  for (let i = 0; i < length; i++) if (ours[i] !== bytes[start + i]) return false;
  return true;
}
