/** Which options a TCP endpoint answers for itself, level by level (tcp(7), socket(7), ip(7)); the others are the socket's. */
import type { TcpOptionName } from '../transport/tcp/api.ts';
import type { SocketLevel } from './types.ts';

const OPTIONS = new Map<SocketLevel, ReadonlySet<string>>([
  [
    'tcp',
    new Set<TcpOptionName>([
      'TCP_NODELAY',
      'TCP_CORK',
      'TCP_QUICKACK',
      'TCP_MAXSEG',
      'TCP_KEEPIDLE',
      'TCP_KEEPINTVL',
      'TCP_KEEPCNT',
      'TCP_SYNCNT',
      'TCP_LINGER2',
      'TCP_DEFER_ACCEPT',
      'TCP_WINDOW_CLAMP',
      'TCP_USER_TIMEOUT',
      'TCP_NOTSENT_LOWAT',
      'TCP_THIN_LINEAR_TIMEOUTS',
    ]),
  ],
  [
    'socket',
    new Set<TcpOptionName>([
      'SO_KEEPALIVE',
      'SO_REUSEADDR',
      'SO_REUSEPORT',
      'SO_SNDBUF',
      'SO_RCVBUF',
      'SO_SNDBUFFORCE',
      'SO_RCVBUFFORCE',
      'SO_RCVLOWAT',
      'SO_OOBINLINE',
      'SO_ZEROCOPY',
      'SO_TIMESTAMPING',
      'SO_DONTROUTE',
    ]),
  ],
  ['ip', new Set<TcpOptionName>(['IP_TOS', 'IP_TTL', 'IP_RECVERR', 'IP_FREEBIND', 'IP_MTU', 'IP_MTU_DISCOVER'])],
]);

export function isTcpOption(level: SocketLevel, name: string): name is TcpOptionName {
  return OPTIONS.get(level)?.has(name) === true;
}
