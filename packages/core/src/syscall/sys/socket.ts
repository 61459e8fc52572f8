/** Sockets. */
import type {
  MessageFlags,
  OptionValue,
  Received,
  SockAddr,
  SocketFamily,
  SocketLevel,
  SocketProtocol,
  SocketType,
} from '../../socket/types.ts';

export interface SocketFlags {
  readonly nonblock?: boolean;
  readonly cloexec?: boolean;
}

export interface SocketCalls {
  socket(family: SocketFamily, type: SocketType, protocol?: SocketProtocol, flags?: SocketFlags): Promise<number>;
  /** Two connected Unix sockets without names (socketpair(2)). */
  socketpair(type: 'stream' | 'dgram', flags?: SocketFlags): Promise<readonly [number, number]>;
  bind(fd: number, address: SockAddr): Promise<void>;
  listen(fd: number, backlog: number): Promise<void>;
  accept(fd: number, flags?: SocketFlags): Promise<{ readonly fd: number; readonly peer: SockAddr }>;
  connect(fd: number, address: SockAddr): Promise<void>;
  send(fd: number, data: Uint8Array, flags?: MessageFlags): Promise<number>;
  sendto(fd: number, data: Uint8Array, to: SockAddr, flags?: MessageFlags): Promise<number>;
  /** Receives up to `length` bytes; empty at the end of a stream. */
  recv(fd: number, length: number, flags?: MessageFlags): Promise<Uint8Array>;
  recvfrom(fd: number, length: number, flags?: MessageFlags): Promise<Received>;
  shutdown(fd: number, how: 'read' | 'write' | 'both'): Promise<void>;
  getsockname(fd: number): Promise<SockAddr>;
  getpeername(fd: number): Promise<SockAddr>;
  /** Options by their POSIX or Linux names: `setsockopt(fd, 'socket', 'SO_REUSEADDR', 1)`. ENOPROTOOPT for unknown ones. */
  setsockopt(fd: number, level: SocketLevel, name: string, value: OptionValue): Promise<void>;
  getsockopt(fd: number, level: SocketLevel, name: string): Promise<OptionValue>;
}
