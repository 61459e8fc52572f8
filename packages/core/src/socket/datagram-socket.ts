/** Sockets of messages over internet protocols: UDP, ping sockets, raw sockets (udp(7), icmp(7), raw(7)). Sends never block. */
import type { IpAddress } from '../base/address.ts';
import { parseIp } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';
import { type Datagram, type DatagramOwner, type DatagramSocket, FORCED_MAX } from '../transport/datagram.ts';
import { ERROR_ORIGIN } from '../transport/error-origin.ts';
import { IP_PROTOCOL } from '../wire/packet.ts';
import type { Payload } from '../wire/payload.ts';
import { UNUSED, withTypeOfService } from './generic-options.ts';
import { lingerOf, numberOf, SocketFile, type SocketIdentity, type SocketServices } from './socket-file.ts';
import { inetAddress } from './stream-socket.ts';
import type { MessageFlags, OptionValue, Received, SockAddr, SocketLevel, SocketType } from './types.ts';

/** What UDP, ping and raw sockets offer beside the queue that they share. */
export type DatagramEndpoint = DatagramSocket & {
  bind(address: IpAddress, port: number): Errno | undefined;
  connect(address: IpAddress, port: number): Errno | undefined;
  send(payload: Payload, to?: IpAddress, toPort?: number): number | Errno;
  shut(how: 'read' | 'write' | 'both'): Errno | undefined;
  close(): void;
  join?(group: IpAddress, card?: string): Errno | undefined;
  leave?(group: IpAddress, card?: string): Errno | undefined;
  /** IP_HDRINCL and the protocol of raw sockets. */
  headerIncluded?: boolean;
  readonly protocol?: number;
};

type Flag =
  | 'broadcast'
  | 'reuseAddress'
  | 'reusePort'
  | 'noChecksum'
  | 'multicastLoop'
  | 'receiveErrors'
  | 'headerIncluded'
  | 'multicastAll'
  | 'dontRoute'
  | 'freebind';
const FLAGS = new Map<string, Flag>([
  ['socket SO_BROADCAST', 'broadcast'],
  ['socket SO_REUSEADDR', 'reuseAddress'],
  ['socket SO_REUSEPORT', 'reusePort'],
  ['socket SO_NO_CHECK', 'noChecksum'],
  ['ip IP_MULTICAST_LOOP', 'multicastLoop'],
  ['ip IP_RECVERR', 'receiveErrors'],
  ['ip IP_HDRINCL', 'headerIncluded'],
  ['ip IP_MULTICAST_ALL', 'multicastAll'],
  ['socket SO_DONTROUTE', 'dontRoute'],
  ['ip IP_FREEBIND', 'freebind'],
]);

type Setting = 'ttl' | 'multicastTtl' | 'mtuDiscover';
const SETTINGS = new Map<string, readonly [Setting, min: number, max: number]>([
  ['ip IP_TTL', ['ttl', 1, 255]],
  ['ip IP_MULTICAST_TTL', ['multicastTtl', 0, 255]],
  ['ip IP_MTU_DISCOVER', ['mtuDiscover', 0, 5]],
]);

/** Ancillary data that `recvfrom` always tells; the options only switch it on for the real thing, and are kept. */
const ALWAYS_TOLD: ReadonlySet<string> = new Set([
  'ip IP_RECVTTL',
  'ip IP_RECVTOS',
  'ip IP_PKTINFO',
  'socket SO_TIMESTAMP',
  'socket SO_TIMESTAMPNS',
]);
const STAMPS = ['socket SO_TIMESTAMP', 'socket SO_TIMESTAMPNS'] as const;

export class DatagramSocketFile extends SocketFile implements DatagramOwner {
  readonly family = 'inet';
  /** SO_LINGER and SO_RCVLOWAT: any socket keeps them (sk_setsockopt), one of datagrams has no use for them. */
  private receiveLowat = 1;
  private lingerTime = { onoff: 0, linger: 0 };
  /** Of `ALWAYS_TOLD`, what the program asked for. */
  private asked: Set<string> | undefined = undefined;

  constructor(
    readonly endpoint: DatagramEndpoint,
    readonly type: SocketType,
    readonly protocol: 'udp' | 'icmp' | 'raw',
    private readonly services: SocketServices,
    identity: SocketIdentity,
  ) {
    super(identity);
    endpoint.owner = this;
    endpoint.uid = identity.uid;
  }

  readable(): void {
    this.waiters.wake(READY.IN);
  }

  writable(): void {
    this.waiters.wake(READY.OUT);
  }

  error(): void {
    this.waiters.wake();
  }

  readiness(): number {
    return this.endpoint.readiness();
  }

  bind(address: SockAddr): Errno | undefined {
    const parsed = inetAddress(address);
    return parsed instanceof Errno ? parsed : this.endpoint.bind(parsed.address, parsed.port);
  }

  connect(_call: Call, address: SockAddr): Outcome<undefined> {
    const parsed = inetAddress(address);
    return parsed instanceof Errno ? parsed : this.endpoint.connect(parsed.address, parsed.port);
  }

  localAddress(): SockAddr {
    return { family: 'inet', address: String(this.endpoint.localAddress), port: this.endpoint.localPort };
  }

  peerAddress(): SockAddr | Errno {
    // A peer without a port is none here, though its datagrams arrive (inet_getname).
    const { connected, remotePort } = this.endpoint;
    if (!connected || (this.protocol === 'udp' && remotePort === 0)) return E.ENOTCONN;
    return { family: 'inet', address: String(this.endpoint.remoteAddress), port: this.endpoint.remotePort };
  }

  send(_call: Call, data: Uint8Array, to: SockAddr | undefined): Outcome<number> {
    const payload = this.services.store.copy(data);
    if (to === undefined) return this.endpoint.send(payload);
    const parsed = inetAddress(to);
    return parsed instanceof Errno ? parsed : this.endpoint.send(payload, parsed.address, parsed.port);
  }

  receive(call: Call, length: number, flags: MessageFlags): Outcome<Received> {
    if (flags.errqueue === true) return this.receiveError(length);
    const { peekOffset } = this.generic;
    if (peekOffset >= 0 && this.protocol === 'udp') return this.receiveAtOffset(call, length, flags, peekOffset);
    const datagram = this.endpoint.receive(flags.peek);
    if (datagram instanceof Errno) return datagram;
    return datagram === undefined ? this.noDatagram(call, flags) : this.received(datagram, length, 0);
  }

  /** SO_PEEK_OFF: looks go on where the last one ended, from datagram to datagram; what is read takes its bytes off (udp_recvmsg). */
  private receiveAtOffset(call: Call, length: number, flags: MessageFlags, offset: number): Outcome<Received> {
    const peek = flags.peek === true;
    const [datagram, at] = peek ? this.endpoint.peekAt(offset) : [this.endpoint.receive(), 0];
    if (datagram instanceof Errno) return datagram;
    if (datagram === undefined) return this.noDatagram(call, flags);
    const told = this.received(datagram, length, at);
    const moved = flags.trunc === true ? told.length : told.data.length;
    this.movePeekOffset(peek ? moved : -moved);
    return told;
  }

  private received(datagram: Datagram, length: number, at: number): Received {
    const told = received(datagram, length, at);
    if (this.asked === undefined || this.asked.size === 0) return told;
    return { ...told, asked: [...this.asked].map((key) => key.split(' ')[1]!) };
  }

  private noDatagram(call: Call, flags: MessageFlags): Outcome<Received> {
    // A reader that would not wait learns nothing of the end (__skb_recv_udp).
    if (this.endpoint.atEnd && !this.nonblock && flags.dontwait !== true)
      return { data: new Uint8Array(0), from: undefined, truncated: false, length: 0, atNs: this.services.clock.now };
    return this.waitExclusively(call, flags, this.receiveTimeoutNs, this.services.clock.now);
  }

  private receiveError(length: number): Outcome<Received> {
    const entry = this.endpoint.receiveError();
    if (entry === undefined) return E.EAGAIN;
    const { errno, type, code, info, offender, payload } = entry;
    return {
      data: payload.bytes().slice(0, length),
      from: { family: 'inet', address: String(entry.to), port: entry.toPort },
      truncated: payload.length > length,
      length: payload.length,
      atNs: this.services.clock.now,
      error: { errno: errno.code, origin: originOf(offender), type, code, info, data: 0, offender: String(offender) },
    };
  }

  shutdown(how: 'read' | 'write' | 'both'): Errno | undefined {
    return this.endpoint.shut(how);
  }

  protected override get withoutPeekOffset(): Errno | undefined {
    return this.type === 'raw' ? E.EOPNOTSUPP : undefined;
  }

  setOption(level: SocketLevel, name: string, value: OptionValue): Errno | undefined {
    const key = `${level} ${name}`;
    const { endpoint } = this;
    if (name === 'SO_BINDTODEVICE' && level === 'socket') return this.bindToCard(value, endpoint);
    if (key === 'ip IP_MULTICAST_IF') return this.setMulticastCard(value);
    if (level === 'ip' && (name === 'IP_ADD_MEMBERSHIP' || name === 'IP_DROP_MEMBERSHIP'))
      return this.membership(name, value);
    const generic = this.setGeneric(level, name, value);
    if (generic !== false) return generic;
    if (key === 'socket SO_LINGER') {
      const asked = lingerOf(value);
      if (asked === undefined) return E.EINVAL;
      this.lingerTime = asked;
      return undefined;
    }
    const number = numberOf(value);
    if (number === undefined) return E.EINVAL;
    return this.setNumber(key, number);
  }

  private setNumber(key: string, number: number): Errno | undefined {
    const { endpoint } = this;
    const flag = FLAGS.get(key);
    if (flag === 'multicastAll' && number !== 0 && number !== 1) return E.EINVAL;
    if (flag !== undefined && flag in endpoint) {
      (endpoint as unknown as Record<Flag, boolean>)[flag] = number !== 0;
      return undefined;
    }
    const unused = this.setUnused(UNUSED.datagram, key, number);
    if (unused !== false) return unused;
    const setting = SETTINGS.get(key);
    // -1 is the default of both (do_ip_setsockopt).
    if (key === 'ip IP_TTL' && number === -1) {
      endpoint.ttl = endpoint.defaultTtl;
      return undefined;
    }
    if (key === 'ip IP_MULTICAST_TTL' && number === -1) {
      endpoint.multicastTtl = 1;
      return undefined;
    }
    if (setting !== undefined) {
      if (number < setting[1] || number > setting[2]) return E.EINVAL;
      endpoint[setting[0]] = number;
      return undefined;
    }
    if (key === 'ip IP_TOS') this.setTypeOfService(number & 255);
    else if (key === 'socket SO_RCVLOWAT') this.receiveLowat = number < 0 ? 0x7fff_ffff : number || 1;
    else if (key === 'socket SO_RCVBUFFORCE' || key === 'socket SO_SNDBUFFORCE') return this.force(key, number);
    else if (key === 'socket SO_RCVBUF') endpoint.setReceiveBuffer(number);
    else if (key === 'socket SO_SNDBUF') endpoint.setSendBuffer(number);
    else if (ALWAYS_TOLD.has(key)) this.ask(key, number !== 0);
    else return E.ENOPROTOOPT;
    return undefined;
  }

  /** Beyond net.core.rmem_max and wmem_max, for who administers the network (socket(7)). */
  private force(key: string, number: number): Errno | undefined {
    if (this.uid !== 0) return E.EPERM;
    const bytes = Math.max(0, number);
    if (key === 'socket SO_RCVBUFFORCE') this.endpoint.setReceiveBuffer(bytes, FORCED_MAX);
    else this.endpoint.setSendBuffer(bytes, FORCED_MAX);
    return undefined;
  }

  /** Of the two time stamps a socket tells one, and none once either is switched off (__sock_set_timestamps). */
  private ask(key: string, on: boolean): void {
    const asked = (this.asked ??= new Set());
    if ((STAMPS as readonly string[]).includes(key)) for (const stamp of STAMPS) asked.delete(stamp);
    if (on) asked.add(key);
    else asked.delete(key);
  }

  private setTypeOfService(tos: number): void {
    if (tos === this.endpoint.tos) return;
    this.endpoint.tos = tos;
    this.generic = withTypeOfService(this.generic, tos);
  }

  /** A `struct ip_mreqn` as { address, ifindex }, or a `struct in_addr` as text. */
  private setMulticastCard(value: OptionValue): Errno | undefined {
    const asked = typeof value === 'string' ? { address: value } : value;
    if (typeof asked !== 'object' || asked instanceof Uint8Array) return E.EINVAL;
    const { address = '0.0.0.0', ifindex = 0 } = asked as { address?: unknown; ifindex?: unknown };
    const parsed = typeof address === 'string' ? parseIp(address) : undefined;
    if (parsed === undefined || typeof ifindex !== 'number') return E.EINVAL;
    return this.endpoint.setMulticastCard(ifindex, parsed);
  }

  private membership(name: string, value: OptionValue): Errno | undefined {
    if (typeof value !== 'object' || value instanceof Uint8Array) return E.EINVAL;
    const { group, interface: card } = value as { group?: unknown; interface?: unknown };
    const address = typeof group === 'string' ? parseIp(group) : undefined;
    if (address === undefined) return E.EINVAL;
    const { endpoint } = this;
    const cardName = typeof card === 'string' ? card : this.cardOfMembership(value);
    if (cardName instanceof Errno) return cardName;
    const change = name === 'IP_ADD_MEMBERSHIP' ? endpoint.join : endpoint.leave;
    return change === undefined ? E.ENOPROTOOPT : change.call(endpoint, address, cardName);
  }

  /** The card that a `struct ip_mreqn` names, by index before address; undefined where it leaves that to the routes (ip_mc_find_dev). */
  private cardOfMembership(value: Readonly<Record<string, unknown>>): string | Errno | undefined {
    const { address, ifindex } = value;
    const on = typeof address === 'string' ? parseIp(address) : undefined;
    const which = typeof ifindex === 'number' && ifindex !== 0 ? ifindex : on?.isUnspecified === false ? on : undefined;
    return which === undefined ? undefined : (this.endpoint.cardNamed(which) ?? E.ENODEV);
  }

  getOption(level: SocketLevel, name: string): OptionValue | Errno {
    const key = `${level} ${name}`;
    const { endpoint } = this;
    const flag = FLAGS.get(key);
    if (flag !== undefined && flag in endpoint) return (endpoint as unknown as Record<Flag, boolean>)[flag] ? 1 : 0;
    const setting = SETTINGS.get(key);
    if (setting !== undefined) return endpoint[setting[0]];
    if (ALWAYS_TOLD.has(key)) return this.asked?.has(key) === true ? 1 : 0;
    const kept = this.getGeneric(level, name) ?? this.getUnused(UNUSED.datagram, key);
    if (kept !== undefined) return kept;
    switch (key) {
      case 'ip IP_TOS':
        return endpoint.tos;
      case 'ip IP_MULTICAST_IF':
        return String(endpoint.multicastAddress);
      case 'ip IP_MTU':
        return endpoint.pathMtu();
      case 'socket SO_ERROR':
        return endpoint.takeError()?.number ?? 0;
      case 'socket SO_TYPE':
        return this.type === 'raw' ? 3 : 2;
      case 'socket SO_DOMAIN':
        return 2;
      case 'socket SO_PROTOCOL':
        return this.protocol === 'raw' ? endpoint.protocol! : IP_PROTOCOL[this.protocol];
      case 'socket SO_RCVBUF':
        return endpoint.receiveBuffer;
      case 'socket SO_SNDBUF':
        return endpoint.sendBuffer;
      case 'socket SO_BINDTODEVICE':
        return endpoint.boundCard ?? '';
      case 'socket SO_ACCEPTCONN':
        return 0;
      case 'socket SO_RCVLOWAT':
        return this.receiveLowat;
      case 'ip IP_HDRINCL':
        return 0;
      case 'socket SO_LINGER':
        return this.lingerTime;
      default:
        // What belongs to another protocol altogether (ip_getsockopt).
        return level === 'tcp' ? E.EOPNOTSUPP : E.ENOPROTOOPT;
    }
  }

  protected release(): void {
    this.endpoint.owner = undefined;
    this.endpoint.close();
  }
}

/** An error that no ICMP message brought was made here. */
function originOf(offender: IpAddress): number {
  return offender.isUnspecified ? ERROR_ORIGIN.LOCAL : ERROR_ORIGIN.ICMP;
}

/** A datagram as recvmsg(2) tells it, from byte `at` on. */
function received({ payload, from, fromPort, at: atNs, ttl, tos }: Datagram, length: number, at: number): Received {
  return {
    data: payload.bytes().slice(at, at + length),
    from: { family: 'inet', address: String(from), port: fromPort },
    truncated: payload.length > at + length,
    length: payload.length,
    atNs,
    ttl,
    tos,
  };
}
