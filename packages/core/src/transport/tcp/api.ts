/**
 * What the socket layer sees of a TCP endpoint. Calls are synchronous and never wait: they answer a value, an `Errno`, or `undefined` for
 * "nothing yet". The owner is told when to look again. `socket/` turns this into blocking calls, epoll and errno rules of the system calls.
 */
import type { IpAddress } from '../../base/address.ts';
import type { Errno } from '../../base/errno.ts';
import type { DurationNs, Instant } from '../../time/instant.ts';
import type { Payload } from '../../wire/payload.ts';

/** Linux's names for the states of RFC 9293 section 3.3.2, in the order of its tcp_states.h. */
export type TcpStateName =
  | 'ESTABLISHED'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'TIME-WAIT'
  | 'CLOSED'
  | 'CLOSE-WAIT'
  | 'LAST-ACK'
  | 'LISTEN'
  | 'CLOSING';

/** Told by the endpoint; each means "look again", nothing more. Called when the packet, timer or call at hand is done with, so it may call in again. */
export interface TcpOwner {
  /** Data, end of stream, or a connection to accept. */
  readable(): void;
  /** Send-buffer space, or the outcome of `connect`. */
  writable(): void;
  /** Urgent data (SIGURG, POLLPRI). */
  urgent(): void;
  stateChanged(from: TcpStateName, to: TcpStateName): void;
  /** The connection is gone; `takeError` has the reason until somebody takes it. Without a reason: the error queue has an entry. */
  error(reason: Errno | undefined): void;
}

/** End of the stream: the peer's FIN was reached, or reading was shut down. Distinct from `undefined`, no data yet. */
export const END_OF_STREAM: unique symbol = Symbol('end of stream');
export type EndOfStream = typeof END_OF_STREAM;

export interface SendFlags {
  /** MSG_MORE: do not send a partial segment yet. */
  readonly more?: boolean;
  /** MSG_OOB: the last byte is urgent. */
  readonly oob?: boolean;
  /** MSG_EOR: nothing later shares a segment with these bytes. */
  readonly eor?: boolean;
  /** MSG_ZEROCOPY: tell when the bytes are done with, where SO_ZEROCOPY is on. */
  readonly zerocopy?: boolean;
  /** Lengths of the pieces (struct iovec) of a zero-copy call, where there are several: a buffer has room for so many. */
  readonly pieces?: readonly number[];
  /** SOF_TIMESTAMPING_TX_… of this call, in place of the socket's (a control message of SO_TIMESTAMPING). */
  readonly stamping?: number;
  /** The rest of a call that had to wait. */
  readonly continued?: boolean;
}

/** An entry of the error queue (struct sock_extended_err). TCP has no ICMP errors there. */
export interface TcpNotice {
  /** Empty where it is no error. */
  readonly errno: string;
  /** `ERROR_ORIGIN` */
  readonly origin: number;
  readonly code: number;
  readonly info: number;
  readonly data: number;
  /** SCM_TIMESTAMPING */
  readonly stampNs?: Instant | undefined;
  /** The bytes that a time stamp is about, where it is asked for with them. */
  readonly payload?: Payload | undefined;
}

export interface ReceiveFlags {
  readonly peek?: boolean;
  /** Of a peek: it begins behind so many bytes. */
  readonly offset?: number;
}

/** What `ss` lists of an endpoint. */
export interface TcpListing {
  /** A number for events, unique per host. */
  readonly id: number;
  readonly owner: TcpOwner | undefined;
  readonly uid: number;
  readonly stateName: TcpStateName;
  readonly localAddress: IpAddress;
  /** 0 while unbound. */
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
  /** Bytes in order and unread (the Recv-Q of `ss`); connections waiting, on a listener. */
  readonly receiveQueueLength: number;
  /** Bytes that a read could have, up to the urgent one (SIOCINQ). */
  readonly readableLength: number;
  /** Bytes not yet acknowledged (SIOCOUTQ); the backlog, on a listener. */
  readonly sendQueueLength: number;
  /** The timer that `ss -o` shows. */
  timer(): TimerInfo | undefined;
  /** TCP_INFO, with the names of `struct tcp_info` less the `tcpi_` (times in microseconds as there). */
  info(): TcpInfo;
}

/** SO_LINGER. */
export interface Linger {
  readonly onoff: boolean;
  readonly seconds: number;
}

export interface TcpEndpoint extends TcpListing {
  owner: TcpOwner | undefined;
  uid: number;

  /** EINVAL when already bound, EACCES, EADDRINUSE, EADDRNOTAVAIL. Port 0 picks one. */
  bind(address: IpAddress, port: number): Errno | undefined;
  /**
   * Starts the handshake; `EINPROGRESS` is the normal answer. Later calls answer EALREADY while it lasts, the pending error once it failed,
   * `undefined` once when it has succeeded, then EISCONN. At once: ENETUNREACH, EADDRNOTAVAIL, EINVAL (listening).
   */
  connect(address: IpAddress, port: number): Errno | undefined;
  /** Again on a listener: changes the backlog. EADDRINUSE, EINVAL (connected). */
  listen(backlog: number): Errno | undefined;
  /** The oldest established connection of the queue; `undefined` when none waits; EINVAL when not listening. */
  accept(): TcpEndpoint | Errno | undefined;

  /**
   * Takes as many bytes as the send buffer has room for: their number, or `undefined` where there is no room (wait for `writable`).
   * EPIPE after shutdown, ENOTCONN, ECONNRESET, ETIMEDOUT ...: the pending error comes first.
   */
  send(payload: Payload, flags?: SendFlags): number | Errno | undefined;
  /** A call of `send` sleeps until there is a connection, or room (sk_write_pending). */
  writerWaits: boolean;
  /** What MSG_MORE held back goes (sock_splice_eof). */
  endMore(): void;
  /** A call returns that asked for a notice or did not send all. */
  sendReturned(): void;
  /** MSG_ERRQUEUE: the oldest entry. */
  takeNotice(): TcpNotice | undefined;
  readonly hasNotice: boolean;
  /** Up to `max` bytes, copied out. */
  receive(max: number, flags?: ReceiveFlags): Uint8Array | EndOfStream | Errno | undefined;
  /** The same into the caller's memory, as recv(2) has it: the number of bytes. */
  receiveInto(buffer: Uint8Array, flags?: ReceiveFlags): number | EndOfStream | Errno | undefined;
  /** MSG_OOB: the urgent byte. EINVAL where there is none, EAGAIN (`undefined`) where it is announced but not here. */
  receiveUrgent(peek?: boolean): number | Errno | undefined;
  /** True where the next byte to read is the urgent one (SIOCATMARK). */
  readonly atMark: boolean;

  /** SO_RCVLOWAT */
  readonly receiveLowat: number;

  shut(how: 'read' | 'write' | 'both'): Errno | undefined;
  /** The program's last reference is gone. SO_LINGER with time: the socket layer waits for `lingerDone` or the time, nothing else changes. */
  close(): void;
  /** Sends RST where there is a peer, and is gone. */
  abort(): void;
  /** True when our FIN is acknowledged, or there is none to wait for: what a lingering close waits for. */
  readonly lingerDone: boolean;

  /** Present poll(2) bits (`transport/readiness.ts`). */
  readiness(): number;
  /** Somebody found no room and asked: `writable` will be told (SOCK_NOSPACE). */
  awaitSpace(): void;
  /** Answers the pending error and clears it. */
  takeError(): Errno | undefined;
  /** SO_ERROR: as `takeError`, and where nothing is pending an ICMP error that did not end the connection (sock_error, sk_err_soft). */
  takeAnyError(): Errno | undefined;
  /** What `takeError` would answer: a call that moved some data before it met an error leaves the error to the next call. */
  pendingError: Errno | undefined;
  /** A socket option by its name, SOL_TCP and those of SOL_SOCKET and SOL_IP that TCP honours. ENOPROTOOPT, EINVAL, EISCONN ... */
  setOption(name: TcpOptionName, value: number): Errno | undefined;
  getOption(name: TcpOptionName): number | Errno;
  readonly linger: Linger;
  setLinger(linger: Linger): void;
  readonly boundCard: string | undefined;
  /** SO_BINDTODEVICE: sends and receives by this card alone; ENODEV. */
  bindToCard(name: string | undefined): Errno | undefined;
  /** TCP_CONGESTION: ENOENT for an unknown algorithm. */
  setCongestion(name: string): Errno | undefined;
  readonly congestionName: string;
}

export type TcpOptionName =
  | 'TCP_NODELAY'
  | 'TCP_CORK'
  | 'TCP_QUICKACK'
  | 'TCP_MAXSEG'
  | 'TCP_KEEPIDLE'
  | 'TCP_KEEPINTVL'
  | 'TCP_KEEPCNT'
  | 'TCP_SYNCNT'
  | 'TCP_LINGER2'
  | 'TCP_DEFER_ACCEPT'
  | 'TCP_WINDOW_CLAMP'
  | 'TCP_USER_TIMEOUT'
  | 'TCP_NOTSENT_LOWAT'
  | 'TCP_THIN_LINEAR_TIMEOUTS'
  | 'SO_KEEPALIVE'
  | 'SO_REUSEADDR'
  | 'SO_REUSEPORT'
  | 'SO_SNDBUF'
  | 'SO_RCVBUF'
  | 'SO_SNDBUFFORCE'
  | 'SO_RCVBUFFORCE'
  | 'SO_RCVLOWAT'
  | 'SO_OOBINLINE'
  | 'SO_ZEROCOPY'
  | 'SO_TIMESTAMPING'
  | 'SO_DONTROUTE'
  | 'IP_FREEBIND'
  | 'IP_TOS'
  | 'IP_TTL'
  | 'IP_RECVERR'
  | 'IP_MTU'
  | 'IP_MTU_DISCOVER';

export interface TimerInfo {
  readonly kind: 'on' | 'keepalive' | 'timewait' | 'persist' | 'unknown';
  readonly expiresNs: DurationNs;
  readonly retransmits: number;
}

export type TcpInfo = Readonly<Record<string, number | string | boolean>>;
