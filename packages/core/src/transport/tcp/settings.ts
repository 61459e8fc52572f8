import type { Path } from '../ip-output.ts';
import type { Tcp } from './tcp.ts';

/** What a program may set on a TCP socket; inherited by accepted connections, and shared with them until one of the two changes something. */
export class Settings {
  reuseAddress = false;
  reusePort = false;
  /** SO_BINDTODEVICE, SO_DONTROUTE */
  boundCard: string | undefined = undefined;
  dontRoute = false;
  /** IP_FREEBIND */
  freebind = false;
  keepalive = false;
  outOfBandInline = false;
  receiveLowat = 1;
  /** SO_RCVBUF or SO_SNDBUF were set: no auto-tuning. */
  receiveBufferLocked = false;
  sendBufferLocked = false;
  /** SO_LINGER, and its seconds, which stay when it is switched off. */
  lingers = false;
  lingerSeconds = 0;
  tos = 0;
  /** 0: the host's (net.ipv4.ip_default_ttl). */
  ttl = 0;
  /** IP_RECVERR. */
  receiveErrors = false;
  /** IP_MTU_DISCOVER: 0 DONT, 1 WANT, 2 DO, 3 PROBE, 4 INTERFACE, 5 OMIT; -1 as net.ipv4.ip_no_pmtu_disc says. */
  mtuDiscover = -1;
  /** 0: the path's. */
  userMss = 0;
  keepIdleNs = 0;
  keepIntervalNs = 0;
  keepProbes = 0;
  synRetries = 0;
  /** TCP_LINGER2: 0 the sysctl's value, -1 reset at once. */
  finWait2Ns = 0;
  /** TCP_DEFER_ACCEPT: rounds of the SYN-ACK timer to wait for data before a connection is handed to accept; 0: off. */
  deferRounds = 0;
  windowClamp = 0;
  userTimeoutNs = 0;
  notSentLowat = 0;
  /** TCP_THIN_LINEAR_TIMEOUTS */
  thinLinearTimeouts = false;
  /** SO_ZEROCOPY */
  zeroCopy = false;
  /** SO_TIMESTAMPING: `STAMPING` bits. */
  stamping = 0;

  copy(): Settings {
    return Object.assign(new Settings(), this);
  }
}

/** IP_PMTUDISC_DONT where net.ipv4.ip_no_pmtu_disc says so, else WANT; or what the program set. */
export function mtuDiscovery(tcp: Tcp, settings: Settings): number {
  if (settings.mtuDiscover >= 0) return settings.mtuDiscover;
  return tcp.ip.noPathMtuDiscovery ? 0 : 1;
}

/** Segments that the path's reports say are too large are sent again, smaller; what goes without DF was cut, or asks for no reports (tcp_v4_mtu_reduced). */
export function heedsPathMtu(tcp: Tcp, settings: Settings): boolean {
  const discover = mtuDiscovery(tcp, settings);
  return discover >= 1 && discover <= 3;
}

/** DF as path-MTU discovery needs it (RFC 1191), but not where the path's reports are not believed; who probes by himself sends none (ip_dont_fragment). */
export function dontFragment(tcp: Tcp, settings: Settings, path: Path): boolean {
  const discover = mtuDiscovery(tcp, settings);
  return discover === 2 || (discover === 1 && !path.mtuLocked);
}
