/**
 * ICMP errors as errno (Linux's icmp_err_convert; RFC 1122 section 4.2.3.9 for which of them end a TCP connection attempt). A *hard* error
 * is reported to a connected datagram socket, a *soft* one only to sockets that asked with IP_RECVERR.
 */
import { E, type Errno } from '../base/errno.ts';
import { ICMP, type IcmpMessage } from '../wire/packet.ts';

export interface IcmpErrno {
  readonly errno: Errno;
  readonly hard: boolean;
}

const UNREACHABLE: readonly IcmpErrno[] = [
  { errno: E.ENETUNREACH, hard: false }, // 0 net
  { errno: E.EHOSTUNREACH, hard: false }, // 1 host
  { errno: E.ENOPROTOOPT, hard: true }, // 2 protocol
  { errno: E.ECONNREFUSED, hard: true }, // 3 port
  { errno: E.EMSGSIZE, hard: false }, // 4 fragmentation needed
  { errno: E.EOPNOTSUPP, hard: false }, // 5 source route failed
  { errno: E.ENETUNREACH, hard: true }, // 6 net unknown
  { errno: E.EHOSTDOWN, hard: true }, // 7 host unknown
  { errno: E.ENONET, hard: true }, // 8 host isolated
  { errno: E.ENETUNREACH, hard: true }, // 9 net prohibited
  { errno: E.EHOSTUNREACH, hard: true }, // 10 host prohibited
  { errno: E.ENETUNREACH, hard: false }, // 11 net, type of service
  { errno: E.EHOSTUNREACH, hard: false }, // 12 host, type of service
  { errno: E.EHOSTUNREACH, hard: true }, // 13 filtered
  { errno: E.EHOSTUNREACH, hard: true }, // 14 precedence violation
  { errno: E.EHOSTUNREACH, hard: true }, // 15 precedence cut-off
];

/** `undefined` for messages that tell a socket nothing: source quench (RFC 6633), redirects, unknown codes. */
export function icmpErrno(icmp: IcmpMessage): IcmpErrno | undefined {
  if (icmp.type === ICMP.unreachable) return UNREACHABLE[icmp.code];
  if (icmp.type === ICMP.timeExceeded) return { errno: E.EHOSTUNREACH, hard: false };
  if (icmp.type === ICMP.parameterProblem) return { errno: E.EPROTO, hard: true };
  return undefined;
}
