/**
 * IPv4 options on their way through a host (RFC 791 section 3.1, RFC 1812 section 5.3.13): record route and time stamp are stamped at the
 * origin, at every router and at the destination; router alert and unknown options pass. Source routes are refused by name: no Linux
 * since 2002 forwards them unless told to (`accept_source_route`), and that variable does not exist here.
 */
import type { Ipv4Address } from '../base/address.ts';
import { put32 } from '../wire/buffer.ts';
import { Ipv4Packet } from '../wire/packet.ts';

export const OPTION = {
  end: 0,
  noOperation: 1,
  recordRoute: 7,
  timestamp: 68,
  looseSourceRoute: 131,
  strictSourceRoute: 137,
} as const;

/** Bit of an option type: copied into every fragment. */
const COPIED = 0x80;
const TIMESTAMP = { only: 0, withAddress: 1, prespecified: 3 } as const;

export interface OptionFault {
  /** Offset in the IP header of the byte that is wrong, for the parameter problem's pointer. */
  readonly pointer: number;
  /** Where among the option bytes the broken option begins. */
  readonly optionAt: number;
}

const HEADER_LENGTH = 20;

/** Checks the structure of options as ip_options_compile does; undefined when all is well. */
export function checkOptions(options: Uint8Array): OptionFault | undefined {
  for (let at = 0; at < options.length; ) {
    const type = options[at]!;
    if (type === OPTION.end) return undefined;
    if (type === OPTION.noOperation) {
      at++;
      continue;
    }
    const length = options[at + 1];
    if (length === undefined || length < 2 || at + length > options.length)
      return { pointer: HEADER_LENGTH + at, optionAt: at };
    const fault = checkOne(options, at, type, length);
    if (fault >= 0) return { pointer: HEADER_LENGTH + at + fault, optionAt: at };
    at += length;
  }
  return undefined;
}

/** Offset of the wrong byte within the option, or -1. */
function checkOne(options: Uint8Array, at: number, type: number, length: number): number {
  if (type === OPTION.recordRoute) {
    if (length < 3) return 1;
    const pointer = options[at + 2]!;
    if (pointer < 4) return 2;
    return pointer <= length && pointer + 3 > length ? 2 : -1;
  }
  if (type === OPTION.looseSourceRoute || type === OPTION.strictSourceRoute) {
    if (length < 3) return 1;
    return options[at + 2]! < 4 ? 2 : -1;
  }
  if (type === OPTION.timestamp) {
    if (length < 4) return 1;
    return options[at + 2]! < 5 ? 2 : -1;
  }
  return -1;
}

/**
 * The options of an answer (ip_options_echo): record route and time stamp go back as they came, to be filled on; everything else is left
 * out. Undefined where nothing remains.
 */
export function echoOptions(options: Uint8Array): Uint8Array | undefined {
  const parts = [OPTION.recordRoute, OPTION.timestamp].flatMap((wanted) => {
    const at = findOption(options, (type) => type === wanted);
    return at < 0 ? [] : [...options.subarray(at, at + options[at + 1]!)];
  });
  if (parts.length === 0) return undefined;
  while (parts.length % 4 !== 0) parts.push(OPTION.end);
  return Uint8Array.from(parts);
}

/** Bytes behind the end of options are cleared on arrival (ip_options_compile). The same array where there is nothing to clear. */
export function clearedOptions(options: Uint8Array): Uint8Array {
  const end = findOption(options, (type) => type === OPTION.end);
  if (end < 0 || options.subarray(end).every((byte) => byte === OPTION.end)) return options;
  const out = options.slice();
  out.fill(OPTION.end, end);
  return out;
}

/** Where a source route begins, or -1. */
export function sourceRouteAt(options: Uint8Array): number {
  return findOption(options, (type) => type === OPTION.looseSourceRoute || type === OPTION.strictSourceRoute);
}

function findOption(options: Uint8Array, wanted: (type: number) => boolean): number {
  for (let at = 0; at < options.length; ) {
    const type = options[at]!;
    if (wanted(type)) return at;
    if (type === OPTION.end) return -1;
    at += type === OPTION.noOperation ? 1 : Math.max(options[at + 1] ?? 2, 2);
  }
  return -1;
}

/**
 * Writes this host's address and time where a record-route or time-stamp option has room. `milliseconds` counts since midnight UT. Answers
 * the same array where nothing was to be stamped.
 */
export function stampOptions(
  options: Uint8Array,
  address: Ipv4Address,
  milliseconds: number,
  isOwn: (key: number) => boolean,
): Uint8Array {
  const route = findOption(options, (type) => type === OPTION.recordRoute);
  const stamp = findOption(options, (type) => type === OPTION.timestamp);
  if (route < 0 && stamp < 0) return options;
  const out = options.slice();
  if (route >= 0) stampRoute(out, route, address);
  if (stamp >= 0) stampTime(out, stamp, address, milliseconds, isOwn);
  return out;
}

function stampRoute(out: Uint8Array, at: number, address: Ipv4Address): void {
  const length = out[at + 1]!;
  const pointer = out[at + 2]!;
  if (pointer + 3 > length) return;
  put32(out, at + pointer - 1, address.key);
  out[at + 2] = pointer + 4;
}

function stampTime(
  out: Uint8Array,
  at: number,
  address: Ipv4Address,
  milliseconds: number,
  isOwn: (key: number) => boolean,
): void {
  const length = out[at + 1]!;
  const pointer = out[at + 2]!;
  const flag = out[at + 3]! & 15;
  const size = flag === TIMESTAMP.only ? 4 : 8;
  if (pointer + size - 1 > length) {
    countOverflow(out, at);
    return;
  }
  let to = at + pointer - 1;
  if (flag === TIMESTAMP.withAddress) {
    put32(out, to, address.key);
    to += 4;
  } else if (flag === TIMESTAMP.prespecified) {
    const wanted = ((out[to]! << 24) | (out[to + 1]! << 16) | (out[to + 2]! << 8) | out[to + 3]!) >>> 0;
    if (!isOwn(wanted)) return;
    to += 4;
  } else if (flag !== TIMESTAMP.only) return;
  put32(out, to, milliseconds);
  out[at + 2] = pointer + size;
}

/** Four bits count the hosts that found no room. */
function countOverflow(out: Uint8Array, at: number): void {
  const byte = out[at + 3]!;
  if (byte >> 4 < 15) out[at + 3] = byte + 16;
}

/** Options for fragments after the first: those without the copied bit become NOPs, the length stays (ip_options_fragment). */
export function optionsForLaterFragments(options: Uint8Array): Uint8Array {
  const out = options.slice();
  for (let at = 0; at < out.length; ) {
    const type = out[at]!;
    if (type === OPTION.end) break;
    const length = type === OPTION.noOperation ? 1 : Math.max(out[at + 1] ?? 2, 2);
    if ((type & COPIED) === 0) out.fill(OPTION.noOperation, at, at + length);
    at += length;
  }
  return out;
}

/** The same datagram with other options; itself where they are the same. */
export function withOptions(packet: Ipv4Packet, options: Uint8Array): Ipv4Packet {
  if (options === packet.options) return packet;
  const { ident, src, dst, protocol, ttl, tos, identification, dontFragment, moreFragments, fragmentOffset, payload } =
    packet;
  return Ipv4Packet.of({
    ident,
    src,
    dst,
    protocol,
    ttl,
    tos,
    identification,
    dontFragment,
    moreFragments,
    fragmentOffset,
    options,
    payload,
  });
}
