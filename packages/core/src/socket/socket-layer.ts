/** A host's sockets: makes them by family, type and protocol (socket(2)), and lists them for `ss` and /proc/net. */
import { E, type Errno } from '../base/errno.ts';
import type { NetworkCard } from '../link/card.ts';
import type { HostContext } from '../record/host-context.ts';
import type { TcpEndpoint } from '../transport/tcp/api.ts';
import { PayloadStore } from '../wire/payload.ts';
import { type DatagramEndpoint, DatagramSocketFile } from './datagram-socket.ts';
import { PacketSocket } from './packet-socket.ts';
import type { SocketFile, SocketIdentity, SocketServices } from './socket-file.ts';
import { StreamSocket } from './stream-socket.ts';
import type { SocketFamily, SocketProtocol, SocketType } from './types.ts';
import { type UnixNames, UnixSocket } from './unix-socket.ts';

/** The transports of a host, as far as sockets make endpoints of them. */
export interface Transports {
  tcpSocket(): TcpEndpoint;
  udpSocket(): DatagramEndpoint;
  /** Ping socket: ICMP echo by identifier. */
  pingSocket(): DatagramEndpoint;
  rawSocket(protocol: number): DatagramEndpoint;
  cards(): readonly NetworkCard[];
  /** net.ipv4.ping_group_range lets this user open ping sockets. */
  mayPing(uid: number): boolean;
}

const PROTOCOL_NUMBERS = new Map<SocketProtocol, number>([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
]);

export class SocketLayer {
  private readonly services: SocketServices;

  constructor(
    private readonly ctx: HostContext,
    readonly transports: Transports,
    /** The world's: hosts that send in turn then write to the same few warm cache lines (a tenth of the time of 200 hosts). */
    store = new PayloadStore(),
  ) {
    this.services = { clock: ctx.queue, store };
  }

  /** EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT, EPERM (raw and packet sockets need uid 0), EACCES (ping sockets). */
  create(
    family: SocketFamily,
    type: SocketType,
    protocol: SocketProtocol | undefined,
    identity: SocketIdentity,
    identify: () => SocketIdentity,
    names: UnixNames,
  ): SocketFile | Errno {
    if (family === 'unix') {
      if (type === 'raw') return E.ESOCKTNOSUPPORT;
      return new UnixSocket(type, names, this.ctx.queue, identify, identity);
    }
    if (family === 'packet') {
      if (type === 'stream') return E.ESOCKTNOSUPPORT;
      if (identity.uid !== 0) return E.EPERM;
      if (protocol !== undefined && typeof protocol !== 'number') return E.EPROTONOSUPPORT;
      return new PacketSocket(type, protocol ?? 0, this.transports, this.ctx, identity);
    }
    if (family !== 'inet') return E.EAFNOSUPPORT;
    return this.createInternet(type, protocol, identity, identify);
  }

  private createInternet(
    type: SocketType,
    protocol: SocketProtocol | undefined,
    identity: SocketIdentity,
    identify: () => SocketIdentity,
  ): SocketFile | Errno {
    const number = protocol === undefined ? 0 : (PROTOCOL_NUMBERS.get(protocol) ?? protocol);
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 255) return E.EINVAL;
    const { services } = this;
    if (type === 'stream') {
      if (number !== 0 && number !== 6) return E.EPROTONOSUPPORT;
      return new StreamSocket(this.transports.tcpSocket(), services, identify, identity);
    }
    if (type === 'dgram') {
      if (number === 0 || number === 17)
        return new DatagramSocketFile(this.transports.udpSocket(), 'dgram', 'udp', services, identity);
      if (number !== 1) return E.EPROTONOSUPPORT;
      if (!this.transports.mayPing(identity.uid)) return E.EACCES;
      return new DatagramSocketFile(this.transports.pingSocket(), 'dgram', 'icmp', services, identity);
    }
    if (type !== 'raw') return E.ESOCKTNOSUPPORT;
    if (identity.uid !== 0) return E.EPERM;
    if (number === 0) return E.EPROTONOSUPPORT;
    return new DatagramSocketFile(this.transports.rawSocket(number), 'raw', 'raw', services, identity);
  }
}
