/**
 * What sockets of messages (UDP, ping, raw) share: a peer and the way to it, a receive queue bounded by SO_RCVBUF, an error queue (IP_RECVERR), options
 * of SOL_IP and SOL_SOCKET. The queue charges what Linux would: not the payload but the memory of the buffer that holds it ("truesize"), approximated as
 * the next power of two of payload, headers and 320 bytes of shared info, plus 256 for the descriptor. So a hundred tiny datagrams fill a
 * buffer sooner than their bytes suggest, as on the real thing.
 */
import { IPV4_ANY, type IpAddress } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import { SysctlSet, type SysctlSpec, type SysctlTable } from '../base/sysctl.ts';
import type { OutputOptions, QuotedPacket } from '../network/types.ts';
import type { Instant } from '../time/instant.ts';
import { ICMP, ICMP_UNREACHABLE, type IcmpMessage, type Ipv4Packet, type PacketId } from '../wire/packet.ts';
import { EMPTY_PAYLOAD, type Payload, payloadOf } from '../wire/payload.ts';
import { icmpErrno } from './icmp-errno.ts';
import type { CardName, IpOutput, Path } from './ip-output.ts';
import { READY } from './readiness.ts';

export interface DatagramOwner {
  readable(): void;
  writable(): void;
  error(reason: Errno): void;
}

export interface Datagram {
  readonly payload: Payload;
  readonly from: IpAddress;
  readonly fromPort: number;
  readonly to: IpAddress;
  readonly ttl: number;
  readonly tos: number;
  readonly card: string;
  readonly at: Instant;
  /** The packet that carried it, for causes. */
  readonly packet: number;
}

/** An entry of the error queue (struct sock_extended_err), read with MSG_ERRQUEUE. */
export interface QueuedError {
  readonly errno: Errno;
  readonly type: number;
  readonly code: number;
  /** The MTU of "fragmentation needed". */
  readonly info: number;
  /** Who sent the ICMP message. */
  readonly offender: IpAddress;
  /** Where the datagram had been going. */
  readonly to: IpAddress;
  readonly toPort: number;
  /** What is left of the datagram's payload. */
  readonly payload: Payload;
}

const bufferSize = (name: string): SysctlSpec => ({ key: `net.core.${name}`, initial: 212_992, min: 2304 });

const BUFFER_SET = new SysctlSet({
  rmemDefault: bufferSize('rmem_default'),
  rmemMax: bufferSize('rmem_max'),
  wmemDefault: bufferSize('wmem_default'),
  wmemMax: bufferSize('wmem_max'),
  /** What notices of zero-copy calls may take (socket(7)). */
  optmemMax: { key: 'net.core.optmem_max', initial: 131_072, min: 0 },
});

/** Default, and for rmem_max the bound, of SO_RCVBUF and SO_SNDBUF (socket(7)). */
export class BufferSettings {
  readonly rmemDefault = BUFFER_SET.initial.rmemDefault;
  readonly rmemMax = BUFFER_SET.initial.rmemMax;
  readonly wmemDefault = BUFFER_SET.initial.wmemDefault;
  readonly wmemMax = BUFFER_SET.initial.wmemMax;
  readonly optmemMax = BUFFER_SET.initial.optmemMax;

  constructor(sysctl: SysctlTable) {
    sysctl.declareSet(BUFFER_SET, this);
  }
}

const SHARED_INFO_BYTES = 320;
const DESCRIPTOR_BYTES = 256;
const HEADROOM_BYTES = 106;
/** IP_PMTUDISC_… of ip(7). */
export const DISCOVER = { DONT: 0, WANT: 1, DO: 2, PROBE: 3, INTERFACE: 4, OMIT: 5 } as const;

/** A packet's length has 16 bits, whatever the card could carry (ip_dst_mtu_maybe_forward). */
const IP_MAX_MTU = 65_535;
const SOCK_MIN_RCVBUF = 2304;
const SOCK_MIN_SNDBUF = 4608;

/** Memory that a received datagram of `length` payload bytes takes. */
export function truesize(length: number): number {
  let bucket = 512;
  while (bucket < length + HEADROOM_BYTES + SHARED_INFO_BYTES) bucket *= 2;
  return bucket + DESCRIPTOR_BYTES;
}

/** Of SO_RCVBUFFORCE and SO_SNDBUFFORCE: twice as much is the largest int. */
export const FORCED_MAX = 0x3fff_ffff;

/** SO_RCVBUF keeps twice what was asked for, room for bookkeeping (socket(7)). */
export function doubledReceiveBuffer(asked: number, max: number): number {
  return Math.max(SOCK_MIN_RCVBUF, 2 * Math.min(asked >>> 0, max));
}

export function doubledSendBuffer(asked: number, max: number): number {
  return Math.max(SOCK_MIN_SNDBUF, 2 * Math.min(asked >>> 0, max));
}

export abstract class DatagramSocket {
  owner: DatagramOwner | undefined = undefined;
  uid = 0;
  localAddress: IpAddress = IPV4_ANY;
  localPort = 0;
  remoteAddress: IpAddress = IPV4_ANY;
  remotePort = 0;
  connected = false;
  closed = false;
  // SOL_SOCKET
  broadcast = false;
  reuseAddress = false;
  reusePort = false;
  boundCard: string | undefined = undefined;
  receiveBuffer: number;
  sendBuffer: number;
  // SOL_IP
  tos = 0;
  ttl: number;
  multicastTtl = 1;
  multicastLoop = true;
  /** IP_MULTICAST_IF: the card, and the source of who is bound to none. */
  multicastCard: string | undefined = undefined;
  multicastAddress: IpAddress = IPV4_ANY;
  /** SO_DONTROUTE: only to who is on a link of this host. */
  dontRoute = false;
  receiveErrors = false;
  /** IP_FREEBIND: an address that is not (yet) this host's may be bound. */
  freebind = false;
  /** IP_MTU_DISCOVER: `DISCOVER`. */
  mtuDiscover: number;

  readonly listening = false;
  dropped = 0;
  private queued: Datagram[] = [];
  private queuedFrom = 0;
  private memory = 0;
  private peekedEmpty: Set<Datagram> | undefined = undefined;
  private errors: QueuedError[] = [];
  private pending: Errno | undefined = undefined;
  private readShut = false;
  private writeShut = false;
  /** The way to the peer. */
  private path: Path | undefined = undefined;
  readonly defaultTtl: number;

  constructor(
    protected readonly buffers: BufferSettings,
    private readonly ip: IpOutput,
  ) {
    this.receiveBuffer = buffers.rmemDefault.number;
    this.sendBuffer = buffers.wmemDefault.number;
    this.defaultTtl = ip.defaultTtl;
    this.mtuDiscover = ip.noPathMtuDiscovery ? DISCOVER.DONT : DISCOVER.WANT;
    this.ttl = ip.defaultTtl;
  }

  /** A port that nobody holds, taken for this socket; 0 where sockets of its kind have none. */
  protected abstract freePort(): number | Errno;

  /** Gives back what the socket holds. */
  protected abstract release(): void;

  /** inet_autobind: whoever sends or connects has a port from then on. */
  protected autobind(): Errno | undefined {
    if (this.localPort !== 0) return undefined;
    const port = this.freePort();
    if (port instanceof Errno) return E.EAGAIN;
    this.localPort = port;
    return undefined;
  }

  /** Fixes the peer: only its messages arrive, its errors are reported (udp(7)). Sends nothing. */
  connect(address: IpAddress, port: number): Errno | undefined {
    const bound = this.autobind();
    if (bound !== undefined) return bound;
    const path = this.routeTo(address);
    if (path instanceof Errno) return path;
    if (path.kind === 'broadcast' && !this.broadcast) return E.EACCES;
    if (this.localAddress.isUnspecified) this.localAddress = path.src;
    this.remoteAddress = path.dst;
    this.remotePort = port;
    this.connected = true;
    this.path = path;
    return undefined;
  }

  /** `connect` to AF_UNSPEC: any peer again. */
  disconnect(): void {
    this.connected = false;
    this.path = undefined;
    this.remoteAddress = IPV4_ANY;
    this.remotePort = 0;
  }

  /** The way to the peer, or to somebody else. */
  protected pathTo(to: IpAddress | undefined): Path | Errno {
    if (to !== undefined && !(this.connected && to.key === this.remoteAddress.key)) return this.routeTo(to);
    if (this.path?.valid === true) return this.path;
    const path = this.routeTo(this.remoteAddress);
    if (!(path instanceof Errno)) this.path = path;
    return path;
  }

  protected routeTo(to: IpAddress): Path | Errno {
    const { ip, localAddress } = this;
    const anySource = localAddress.isUnspecified || localAddress.isMulticast || ip.isBroadcast(localAddress);
    const name = this.boundCard ?? (to.isMulticast ? this.multicastCard : undefined);
    const source = anySource ? (to.isMulticast ? this.multicastAddress : undefined) : localAddress;
    return ip.route(to, source, name === undefined ? undefined : { name }, this.dontRoute);
  }

  cardNamed(which: number | IpAddress): string | undefined {
    return this.ip.cardOf(which)?.name;
  }

  /** SO_BINDTODEVICE: ENODEV. */
  bindToCard(name: string | undefined): Errno | undefined {
    if (name !== undefined && this.ip.cardOf(name) === undefined) return E.ENODEV;
    this.boundCard = name;
    this.path = undefined;
    return undefined;
  }

  /** IP_MULTICAST_IF, by a card's index or by the address of one: EADDRNOTAVAIL, and EINVAL for who is bound to another card. */
  setMulticastCard(ifindex: number, address: IpAddress): Errno | undefined {
    if (ifindex === 0 && address.isUnspecified) {
      this.multicastCard = undefined;
      this.multicastAddress = address;
      return undefined;
    }
    const card = this.ip.cardOf(ifindex === 0 ? address : ifindex);
    if (card === undefined) return E.EADDRNOTAVAIL;
    if (this.boundCard !== undefined && this.boundCard !== card.name) return E.EINVAL;
    this.multicastCard = card.name;
    this.multicastAddress = address;
    return undefined;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.release();
    this.clearQueues();
    this.owner = undefined;
  }

  setReceiveBuffer(bytes: number, most = this.buffers.rmemMax.number): void {
    this.receiveBuffer = doubledReceiveBuffer(bytes, most);
  }

  setSendBuffer(bytes: number, most = this.buffers.wmemMax.number): void {
    this.sendBuffer = doubledSendBuffer(bytes, most);
  }

  /** The next datagram; `undefined` when none waits; the pending error first (it is cleared). */
  receive(peek = false): Datagram | Errno | undefined {
    const error = this.takeError();
    if (error !== undefined) return error;
    const datagram = this.queued[this.queuedFrom];
    if (datagram === undefined || peek) return datagram;
    if (this.peekedEmpty !== undefined) this.peekedEmpty.delete(datagram);
    this.memory -= truesize(datagram.payload.length);
    if (++this.queuedFrom === this.queued.length) {
      // Most often one datagram waits: taking it out by `pop` keeps the array's memory, which a length of 0 would give away.
      if (this.queuedFrom === 1) this.queued.pop();
      else this.queued.length = 0;
      this.queuedFrom = 0;
    } else if (this.queuedFrom >= 64 && this.queuedFrom * 2 > this.queued.length) {
      this.queued = this.queued.slice(this.queuedFrom);
      this.queuedFrom = 0;
    }
    return datagram;
  }

  /** The datagram that holds the byte at `offset` of those that wait, and where in it; one without bytes is seen once (__skb_try_recv_from_queue). */
  peekAt(offset: number): readonly [Datagram | Errno | undefined, at: number] {
    const error = this.takeError();
    if (error !== undefined) return [error, 0];
    let at = offset;
    for (let i = this.queuedFrom; i < this.queued.length; i++) {
      const datagram = this.queued[i]!;
      const { length } = datagram.payload;
      if (at < length) return [datagram, at];
      if (length === 0 && at === 0 && this.peekedEmpty?.has(datagram) !== true) {
        (this.peekedEmpty ??= new Set()).add(datagram);
        return [datagram, 0];
      }
      at -= length;
    }
    return [undefined, 0];
  }

  /** MSG_ERRQUEUE: the oldest queued ICMP error. */
  receiveError(): QueuedError | undefined {
    const entry = this.errors.shift();
    // skb error queue: the pending error follows the entry at its head.
    if (entry !== undefined) this.pending = this.errors[0]?.errno;
    return entry;
  }

  takeError(): Errno | undefined {
    const error = this.pending;
    this.pending = undefined;
    return error;
  }

  /** What stands between a datagram that has a way and fits it, and the wire: a pending error, then the end of sending (sock_alloc_send_pskb). */
  protected unable(): Errno | undefined {
    return this.takeError() ?? (this.writeShut ? E.EPIPE : undefined);
  }

  /** Reports of routers count for this socket, and move the path's MTU (ip_sk_use_pmtu, ip_sk_accept_pmtu). */
  get believesReports(): boolean {
    return this.mtuDiscover < DISCOVER.INTERFACE;
  }

  /** The longest datagram that the socket may send, headers included, where it may not be cut here; EMSGSIZE beyond (__ip_append_data). */
  protected checkLength(path: Path, length: number): Errno | undefined {
    const { mtuDiscover } = this;
    const mayBeCut = mtuDiscover < DISCOVER.DO || mtuDiscover === DISCOVER.OMIT;
    const mtu = mtuDiscover < DISCOVER.PROBE ? path.mtu : path.linkMtu;
    return length > (mayBeCut ? IP_MAX_MTU : mtu) ? this.tooLong(mtu, path.dst) : undefined;
  }

  /** How the network layer is to send it (__ip_make_skb): WANT sets DF where the datagram fits and the path's MTU is believed. */
  protected outputOptions(path: Path, length: number, ident: PacketId): OutputOptions {
    const { mtuDiscover } = this;
    const wants = mtuDiscover === DISCOVER.WANT && length <= path.mtu && !path.mtuLocked;
    const options = {
      tos: this.tos,
      ttl: path.kind === 'multicast' ? this.multicastTtl : this.ttl,
      multicastLoop: this.multicastLoop,
      dontFragment: wants || mtuDiscover === DISCOVER.DO || mtuDiscover === DISCOVER.PROBE,
      ident,
    };
    return mtuDiscover < DISCOVER.PROBE ? options : { ...options, byLinkMtu: true };
  }

  /** IP_MTU: of the way to the peer (ip(7)); ENOTCONN without one. */
  pathMtu(): number | Errno {
    if (!this.connected) return E.ENOTCONN;
    const path = this.pathTo(undefined);
    return path instanceof Errno ? E.ENOTCONN : Math.min(path.mtu, IP_MAX_MTU);
  }

  readiness(): number {
    let bits = READY.OUT;
    if (this.queuedFrom < this.queued.length || this.readShut) bits |= READY.IN;
    if (this.pending !== undefined || this.errors.length > 0) bits |= READY.ERR;
    if (this.readShut) bits |= READY.RDHUP;
    if (this.readShut && this.writeShut) bits |= READY.HUP;
    return bits;
  }

  /** True after shutdown for reading, when the queue is empty. What arrives later is queued all the same, and can be read (udp_queue_rcv_one_skb). */
  get atEnd(): boolean {
    return this.readShut && this.queuedFrom === this.queued.length;
  }

  /** Memory in the receive queue (the Recv-Q of `ss`). */
  get receiveQueueLength(): number {
    return this.memory;
  }

  /** Payload bytes of the next datagram (SIOCINQ); 0 when none waits. */
  get nextLength(): number {
    return this.queued[this.queuedFrom]?.payload.length ?? 0;
  }

  /** False where the buffer is full (udp(7): the datagram is dropped silently). */
  protected enqueue(datagram: Datagram): boolean {
    if (this.memory > this.receiveBuffer) {
      this.dropped++;
      return false;
    }
    this.memory += truesize(datagram.payload.length);
    this.queued.push(datagram);
    this.owner?.readable();
    return true;
  }

  /** ip(7), IP_RECVERR: with it every error is queued and reported; without it only hard ones, to connected sockets. */
  protected reportError(entry: QueuedError, hard: boolean): void {
    if (!this.receiveErrors) {
      if (!hard || !this.connected) return;
    } else this.errors.push(entry);
    this.pending = entry.errno;
    this.owner?.error(entry.errno);
  }

  /**
   * What does not fit the path and must not be cut: with IP_RECVERR the error queue tells the path's MTU, as a local error (ip(7)), without the
   * datagram's bytes, and the port of who is connected (ip_local_error).
   */
  protected tooLong(mtu: number, to: IpAddress): Errno {
    if (this.receiveErrors) {
      const [toPort, payload] = [this.remotePort, EMPTY_PAYLOAD];
      this.errors.push({ errno: E.EMSGSIZE, type: 0, code: 0, info: mtu, offender: IPV4_ANY, to, toPort, payload });
      this.owner?.error(E.EMSGSIZE);
    }
    return E.EMSGSIZE;
  }

  /** Queues what a packet brought. False where the buffer is full. */
  protected take(packet: Ipv4Packet, card: CardName, at: Instant, payload: Payload, fromPort = 0): boolean {
    return this.enqueue({
      payload,
      from: packet.src,
      fromPort,
      to: packet.dst,
      ttl: packet.ttl,
      tos: packet.tos,
      card: card.name,
      at,
      packet: packet.ident.id,
    });
  }

  /**
   * Reports an ICMP error about a datagram of this socket. `payload` is what the error quotes of it. A reduced path MTU is an error for
   * senders that asked for path-MTU discovery (udp(7), EMSGSIZE).
   */
  protected quoteError(
    icmp: IcmpMessage,
    quoted: QuotedPacket,
    from: IpAddress,
    payload: Uint8Array,
    toPort = 0,
  ): void {
    const mapped = icmpErrno(icmp);
    if (mapped === undefined) return;
    const tooBig = icmp.type === ICMP.unreachable && icmp.code === ICMP_UNREACHABLE.fragmentationNeeded;
    this.reportError(
      {
        errno: mapped.errno,
        type: icmp.type,
        code: icmp.code,
        info: mtuOf(icmp),
        offender: from,
        to: quoted.dst,
        toPort,
        payload: payloadOf(payload.slice()),
      },
      tooBig ? this.mtuDiscover !== DISCOVER.DONT : mapped.hard,
    );
  }

  /** ENOTCONN without a peer, and yet the direction is shut (inet_shutdown). */
  shut(how: 'read' | 'write' | 'both'): Errno | undefined {
    if (how !== 'write') this.readShut = true;
    if (how !== 'read') this.writeShut = true;
    this.owner?.readable();
    this.owner?.writable();
    return this.connected ? undefined : E.ENOTCONN;
  }

  private clearQueues(): void {
    this.queued.length = 0;
    this.queuedFrom = 0;
    this.memory = 0;
    this.errors.length = 0;
    this.pending = undefined;
  }
}

export function mtuOf(icmp: IcmpMessage): number {
  return icmp.type === 3 && icmp.code === 4 ? icmp.rest & 0xffff : 0;
}
