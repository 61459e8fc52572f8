/** Options of SOL_SOCKET that every socket keeps, whatever it carries (socket(7), sk_setsockopt). */
import { E, type Errno } from '../base/errno.ts';
import { JIFFY_NS, SECOND, US } from '../time/instant.ts';
import type { OptionValue } from './types.ts';

/** A time limit that is over before it begins: the call never waits. */
export const AT_ONCE = -1;

export interface Generic {
  /** SO_RCVTIMEO and SO_SNDTIMEO in nanoseconds; 0 waits for ever. */
  readonly receiveTimeoutNs: number;
  readonly sendTimeoutNs: number;
  /** SO_PRIORITY, for queueing disciplines; a card's queue here is one FIFO, as with fq_codel, which does not look at it. */
  readonly priority: number;
  /** SO_MARK, for filters and policy rules. */
  readonly mark: number;
  /** SO_PEEK_OFF: where the next look with MSG_PEEK begins; below 0 always at the front. */
  readonly peekOffset: number;
}

/** Shared by all sockets of which no program has set anything. */
export const GENERIC: Generic = Object.freeze({
  receiveTimeoutNs: 0,
  sendTimeoutNs: 0,
  priority: 0,
  mark: 0,
  peekOffset: -1,
});

const NAMES = ['SO_RCVTIMEO', 'SO_SNDTIMEO', 'SO_PRIORITY', 'SO_MARK', 'SO_PEEK_OFF'] as const;
export type GenericOption = (typeof NAMES)[number];

export function isGeneric(level: string, name: string): name is GenericOption {
  return level === 'socket' && (NAMES as readonly string[]).includes(name);
}

/** EDOM, EINVAL, and EPERM for who does not administer the network. */
export function withOption(now: Generic, name: GenericOption, value: OptionValue, uid: number): Generic | Errno {
  if (name === 'SO_RCVTIMEO' || name === 'SO_SNDTIMEO') {
    const ns = timeLimitNs(value);
    if (typeof ns !== 'number') return ns;
    return name === 'SO_RCVTIMEO' ? { ...now, receiveTimeoutNs: ns } : { ...now, sendTimeoutNs: ns };
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return E.EINVAL;
  if (name === 'SO_PEEK_OFF') return { ...now, peekOffset: value };
  if (name === 'SO_MARK') return uid === 0 ? { ...now, mark: value } : E.EPERM;
  return uid === 0 || (value >= 0 && value <= 6) ? { ...now, priority: value } : E.EPERM;
}

export function optionOf(generic: Generic, name: GenericOption): OptionValue {
  switch (name) {
    case 'SO_RCVTIMEO':
      return timeval(generic.receiveTimeoutNs);
    case 'SO_SNDTIMEO':
      return timeval(generic.sendTimeoutNs);
    case 'SO_PRIORITY':
      return generic.priority;
    case 'SO_MARK':
      return generic.mark;
    case 'SO_PEEK_OFF':
      return generic.peekOffset;
  }
}

/** What another type of service makes of the priority (rt_tos2priority): best effort, bulk, interactive, both. */
export function withTypeOfService(now: Generic, tos: number): Generic {
  return { ...now, priority: [0, 2, 6, 4][(tos >> 3) & 3]! };
}

/** What an accepted connection has of its listener (sk_clone). */
export function inherited(listener: Generic): Generic {
  return listener.priority === 0 ? listener : { ...listener, priority: 0 };
}

/** A `struct timeval` in nanoseconds: up to whole ticks of the kernel, 0 for ever, `AT_ONCE` for what lies in the past (sock_set_timeout). */
export function timeLimitNs(value: OptionValue): number | Errno {
  if (typeof value !== 'object' || value instanceof Uint8Array) return E.EINVAL;
  const { sec, usec } = value as { sec?: unknown; usec?: unknown };
  if (typeof sec !== 'number' || typeof usec !== 'number') return E.EINVAL;
  if (usec < 0 || usec >= 1_000_000) return E.EDOM;
  if (sec < 0) return AT_ONCE;
  // So long is for ever (MAX_SCHEDULE_TIMEOUT).
  return sec >= Number.MAX_SAFE_INTEGER ? 0 : sec * SECOND + Math.ceil((usec * US) / JIFFY_NS) * JIFFY_NS;
}

/** Neither no limit nor one in the past has a time. */
export function timeval(ns: number): Readonly<Record<string, number>> {
  if (ns <= 0) return { sec: 0, usec: 0 };
  const sec = Math.floor(ns / SECOND);
  return { sec, usec: Math.floor((ns - sec * SECOND) / US) };
}

/** Options that a socket of this kind keeps and has no use for, with what they begin with; each is 0 or 1. */
export const UNUSED = {
  stream: new Map([
    ['socket SO_BROADCAST', 0],
    ['socket SO_NO_CHECK', 0],
    ['ip IP_MULTICAST_LOOP', 1],
    ['ip IP_RECVTTL', 0],
    ['ip IP_RECVTOS', 0],
    ['ip IP_PKTINFO', 0],
  ]),
  datagram: new Map([
    ['socket SO_KEEPALIVE', 0],
    ['socket SO_OOBINLINE', 0],
    ['socket SO_NO_CHECK', 0],
  ]),
} as const;
