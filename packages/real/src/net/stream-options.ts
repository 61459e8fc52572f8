/** Options of stream sockets, as far as Node can set them; the others are ENOPROTOOPT by name. */
import type { Socket } from 'node:net';
import { E, type Errno } from '@netarium/core/base/errno.ts';
import { lingerOf, numberOf, type SocketFile } from '@netarium/core/socket/socket-file.ts';
import type { OptionValue, SocketLevel } from '@netarium/core/socket/types.ts';

/** What was set before there was a socket to set it on. */
export interface StreamOptions {
  nodelay: boolean;
  keepalive: boolean;
  keepidleMs: number;
  /** SO_LINGER with a time of 0. */
  resetOnClose: boolean;
  /** What was asked for: Node sets it on every listener, asked or not. */
  reuseaddr: boolean;
}

interface Stream extends SocketFile {
  readonly options: StreamOptions;
  takeError(): Errno | undefined;
}

/** SO_RCVTIMEO and SO_SNDTIMEO: kept by all sockets alike. */
export function setTimeLimit(file: SocketFile, name: string, value: OptionValue): Errno | undefined {
  const failed = file.setGeneric('socket', name, value);
  return failed === false ? E.ENOPROTOOPT : failed;
}

export function timeLimit(file: SocketFile, name: string): OptionValue | Errno {
  return file.getGeneric('socket', name)!;
}

export function setStreamOption(
  file: Stream,
  socket: Socket | undefined,
  level: SocketLevel,
  name: string,
  value: OptionValue,
): Errno | undefined {
  const { options } = file;
  if (level === 'socket' && (name === 'SO_RCVTIMEO' || name === 'SO_SNDTIMEO')) return setTimeLimit(file, name, value);
  if (level === 'socket' && name === 'SO_LINGER') {
    const linger = lingerOf(value);
    if (linger === undefined) return E.EINVAL;
    // Node's close never waits for the peer: only the reset can be had.
    if (linger.onoff !== 0 && linger.linger > 0) return E.EOPNOTSUPP;
    options.resetOnClose = linger.onoff !== 0;
    return undefined;
  }
  const number = numberOf(value);
  if (number === undefined) return E.EINVAL;
  if (level === 'tcp' && name === 'TCP_NODELAY') {
    options.nodelay = number !== 0;
    socket?.setNoDelay(options.nodelay);
    return undefined;
  }
  if (level === 'tcp' && name === 'TCP_KEEPIDLE') {
    options.keepidleMs = number * 1000;
    if (options.keepalive) socket?.setKeepAlive(true, options.keepidleMs);
    return undefined;
  }
  if (level !== 'socket') return E.ENOPROTOOPT;
  if (name === 'SO_KEEPALIVE') {
    options.keepalive = number !== 0;
    socket?.setKeepAlive(options.keepalive, options.keepidleMs);
    return undefined;
  }
  if (name === 'SO_REUSEADDR') {
    options.reuseaddr = number !== 0;
    return undefined;
  }
  return E.ENOPROTOOPT;
}

export function getStreamOption(
  file: Stream,
  listening: boolean,
  level: SocketLevel,
  name: string,
): OptionValue | Errno {
  const { options } = file;
  switch (`${level} ${name}`) {
    case 'socket SO_ERROR':
      return file.takeError()?.number ?? 0;
    case 'socket SO_TYPE':
      return 1;
    case 'socket SO_ACCEPTCONN':
      return listening ? 1 : 0;
    case 'socket SO_REUSEADDR':
      return options.reuseaddr ? 1 : 0;
    case 'socket SO_KEEPALIVE':
      return options.keepalive ? 1 : 0;
    case 'socket SO_LINGER':
      return { onoff: options.resetOnClose ? 1 : 0, linger: 0 };
    case 'socket SO_RCVTIMEO':
    case 'socket SO_SNDTIMEO':
      return timeLimit(file, name);
    case 'tcp TCP_NODELAY':
      return options.nodelay ? 1 : 0;
    case 'tcp TCP_KEEPIDLE':
      return options.keepidleMs / 1000;
    default:
      return E.ENOPROTOOPT;
  }
}
