/** Addresses, flags and messages of the socket calls, as programs see them. Re-exported by `syscall/sys.ts`. */

/** An internet address and a port, in the form that programs print. */
export interface SockAddrIn {
  readonly family: 'inet';
  readonly address: string;
  readonly port: number;
}

/** A link-layer address, for packet sockets. `protocol` is an EtherType, 0x0003 (ETH_P_ALL) for all of them. */
export interface SockAddrLl {
  readonly family: 'packet';
  readonly ifindex: number;
  readonly protocol: number;
  /** MAC address text; the sender's on received frames. */
  readonly address?: string;
  /** Linux's sll_pkttype. */
  readonly packetType?: 'host' | 'broadcast' | 'multicast' | 'otherhost' | 'outgoing';
}

export interface SockAddrUnix {
  readonly family: 'unix';
  readonly path: string;
}

export type SockAddr = SockAddrIn | SockAddrLl | SockAddrUnix;

export type SocketFamily = 'inet' | 'packet' | 'unix';
/** `dgram` on inet is UDP, or ICMP echo with protocol `icmp`; `raw` is a raw IP socket, or a packet socket with link headers. */
export type SocketType = 'stream' | 'dgram' | 'raw';
export type SocketProtocol = 'tcp' | 'udp' | 'icmp' | number;

export interface MessageFlags {
  /** MSG_PEEK */
  readonly peek?: boolean;
  /** MSG_DONTWAIT */
  readonly dontwait?: boolean;
  /** MSG_WAITALL */
  readonly waitall?: boolean;
  /** MSG_NOSIGNAL */
  readonly nosignal?: boolean;
  /** MSG_OOB */
  readonly oob?: boolean;
  /** MSG_MORE */
  readonly more?: boolean;
  /** MSG_EOR: nothing later shares a segment with these bytes. */
  readonly eor?: boolean;
  /** MSG_ZEROCOPY: the error queue tells when the bytes are done with, where SO_ZEROCOPY is on. */
  readonly zerocopy?: boolean;
  /** Lengths of the pieces (struct iovec) of a zero-copy call, where there are several. */
  readonly pieces?: readonly number[];
  /** A control message of SO_TIMESTAMPING: the stamps that this call asks for. */
  readonly stamping?: number;
  /** MSG_TRUNC: report the datagram's real length. */
  readonly trunc?: boolean;
  /** MSG_ERRQUEUE */
  readonly errqueue?: boolean;
}

/** A received datagram or piece of stream with what recvmsg(2) tells about it. */
export interface Received {
  readonly data: Uint8Array;
  readonly from: SockAddr | undefined;
  /** True where the datagram was longer than asked for (MSG_TRUNC in msg_flags). */
  readonly truncated: boolean;
  /** The datagram's real length. */
  readonly length: number;
  /** Arrival instant in nanoseconds since the start of the world (SO_TIMESTAMPNS). */
  readonly atNs: number;
  /** Time to live of the packet that carried it (IP_RECVTTL). */
  readonly ttl?: number;
  /** Type of service of the packet that carried it (IP_RECVTOS). */
  readonly tos?: number;
  /** Options by which the program has asked to be told of the three above, where it has. */
  readonly asked?: readonly string[];
  /** SCM_TIMESTAMPING of an entry of the error queue, in nanoseconds since the start of the world. */
  readonly stampNs?: number | undefined;
  /** TCP_INQ: bytes that wait behind these; 1 at the end of the stream, so that a program reads on (TCP_CM_INQ). */
  readonly inQueue?: number;
  /** MSG_ERRQUEUE: an entry (struct sock_extended_err): an ICMP error, or what the host tells of bytes that were sent. */
  readonly error?: {
    /** Empty where it is no error. */
    readonly errno: string;
    /** Who made it: `ERROR_ORIGIN`. */
    readonly origin: number;
    readonly type: number;
    readonly code: number;
    readonly info: number;
    readonly data: number;
    readonly offender: string;
  };
}

export type SocketLevel = 'socket' | 'ip' | 'tcp' | 'packet';
/** Value of a socket option: numbers and booleans as C has them (0 and 1), structures as objects. */
export type OptionValue = number | string | Readonly<Record<string, number | string | boolean>> | Uint8Array;
