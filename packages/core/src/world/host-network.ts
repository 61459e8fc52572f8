/**
 * The network of one host: cards, IP stack and transports put together, and the two faces that the layers above see: sockets (`Transports`) and
 * configuration (`NetworkAdmin`, what `ip` and `ss` ask).
 */
import { parseInterfaceAddress, parseIp, parseMac, parsePrefix } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import type { NetworkCard } from '../link/card.ts';
import { IpStack } from '../network/ip-stack.ts';
import type { RouteEntry, RouteRequest } from '../network/types.ts';
import type { HostContext } from '../record/host-context.ts';
import type { DatagramEndpoint } from '../socket/datagram-socket.ts';
import type { Transports } from '../socket/socket-layer.ts';
import type {
  AddressInfo,
  LinkInfo,
  NeighbourInfo,
  NeighbourStateName,
  NetlinkRequest,
  RouteInfo,
  RouteSpec,
} from '../syscall/netlink.ts';
import type { NetlinkChange, NetworkAdmin, TcpSummary } from '../syscall/network-admin.ts';
import { Ping } from '../transport/icmp-echo.ts';
import { Raw, type RawAccess } from '../transport/raw.ts';
import type { TcpEndpoint } from '../transport/tcp/api.ts';
import { TcpConnection } from '../transport/tcp/connection.ts';
import { STATE } from '../transport/tcp/constants.ts';
import type { HalfOpen } from '../transport/tcp/syn-queue.ts';
import { Tcp } from '../transport/tcp/tcp.ts';
import { TimeWait } from '../transport/tcp/timewait.ts';
import { Udp } from '../transport/udp.ts';
import { interfaceSpec } from './interface-spec.ts';
import { type HostSpec, SpecError } from './topology.ts';

export class HostNetwork implements Transports, NetworkAdmin {
  readonly stack: IpStack;
  readonly tcp: Tcp;
  readonly udp: Udp;
  readonly ping: Ping;
  readonly raw: Raw;

  constructor(
    private readonly ctx: HostContext,
    private readonly hostCards: readonly NetworkCard[],
  ) {
    this.stack = new IpStack(ctx);
    const ip = this.stack as RawAccess;
    this.tcp = new Tcp(ctx, ip);
    this.udp = new Udp(ctx, ip);
    this.ping = new Ping(ctx, ip);
    this.raw = new Raw(ctx, ip);
    for (const card of hostCards) this.stack.attach(card);
  }

  /** Sysctl, links, addresses and routes of a host's specification, as its start-up scripts would set them. */
  configure(name: string, spec: HostSpec): void {
    const { config } = this.stack;
    const path = `machines.${name}`;
    if (spec.kind === 'router') this.setSysctl('net.ipv4.ip_forward', '1', path);
    for (const [key, value] of Object.entries(spec.sysctl ?? {})) this.setSysctl(key, String(value), `${path}.sysctl`);
    config.setUp(1, true);
    config.addAddress(1, { address: parseIp('127.0.0.1')!, prefixLength: 8, scope: 'host' });
    for (const [cardName, value] of Object.entries(spec.interfaces)) {
      const card = config.cardNamed(cardName)!;
      const { address, up } = interfaceSpec(value);
      if (up !== false) config.setUp(card.ifindex, true);
      const texts =
        address === undefined || address === 'dhcp' || address === ''
          ? []
          : Array.isArray(address)
            ? address
            : [address];
      for (const text of texts) this.addAddressText(card, String(text), `${path}.${cardName}`);
    }
    const routes = (spec.routes ?? []).map(String);
    if (spec.gateway !== undefined) routes.push(`default via ${String(spec.gateway)}`);
    for (const route of routes) this.addRouteText(route, `${path}.routes`);
  }

  private setSysctl(key: string, value: string, path: string): void {
    const cell = this.ctx.sysctl.get(key);
    if (cell === undefined) throw new SpecError(`${path}.${key}`, 'there is no such sysctl variable');
    if (!cell.set(value)) throw new SpecError(`${path}.${key}`, `'${value}' is no valid value`);
  }

  private addAddressText(card: NetworkCard, text: string, path: string): void {
    const parsed = parseInterfaceAddress(text);
    if (parsed === undefined || !text.includes('/'))
      throw new SpecError(path, `'${text}' is not an address with a prefix length, such as 10.0.1.2/24`);
    const refused = this.stack.config.addAddress(card.ifindex, parsed);
    if (refused) throw new SpecError(path, `${text}: ${refused.text}`);
  }

  private addRouteText(text: string, path: string): void {
    const request = parseRoute(text, (dev) => this.stack.config.cardNamed(dev)?.ifindex);
    if (typeof request === 'string') throw new SpecError(path, `'${text}': ${request}`);
    const refused = this.stack.config.addRoute({ ...request, protocol: 'boot' });
    if (refused) throw new SpecError(path, `'${text}': ${refused.text}`);
  }

  // -- Transports

  tcpSocket(): TcpEndpoint {
    return this.tcp.socket();
  }

  udpSocket(): DatagramEndpoint {
    return this.udp.socket();
  }

  pingSocket(): DatagramEndpoint {
    return this.ping.socket();
  }

  rawSocket(protocol: number): DatagramEndpoint {
    return this.raw.socket(protocol);
  }

  cards(): readonly NetworkCard[] {
    return this.hostCards;
  }

  mayPing(): boolean {
    return this.ping.allows(0);
  }

  // -- NetworkAdmin

  links(): readonly LinkInfo[] {
    return this.hostCards.map((card) => {
      const { stats } = card;
      return {
        ifindex: card.ifindex,
        name: card.name,
        type: card.loopback ? 'loopback' : 'ether',
        mac: String(card.mac),
        mtu: card.mtu,
        up: card.up,
        carrier: card.carrier,
        promiscuous: card.promiscuous,
        txQueueLength: card.txQueueLength,
        stats: {
          rxPackets: stats.rxPackets,
          rxBytes: stats.rxBytes,
          rxErrors: stats.rxErrors,
          rxDropped: stats.rxDropped,
          txPackets: stats.txPackets,
          txBytes: stats.txBytes,
          txErrors: stats.txErrors,
          txDropped: stats.txDropped,
          multicast: stats.multicast,
          collisions: stats.collisions,
        },
      };
    });
  }

  addresses(): readonly AddressInfo[] {
    return this.stack.config.addresses().map((entry) => ({
      ifindex: entry.ifindex,
      address: `${entry.address}/${entry.prefixLength}`,
      ...(entry.broadcast === undefined ? {} : { broadcast: String(entry.broadcast) }),
      scope: entry.scope,
      ...(entry.expiresAt === undefined ? {} : { validNs: entry.expiresAt - this.ctx.queue.now, dynamic: true }),
    }));
  }

  routes(): readonly RouteInfo[] {
    return [...this.stack.config.routes(), ...this.stack.config.routes('local')].map(routeInfo);
  }

  routeTo(
    to: string,
    from: string | undefined,
  ): (RouteInfo & { readonly source: string; readonly mtu: number }) | Errno {
    const address = parseIp(to);
    const source = from === undefined ? undefined : parseIp(from);
    if (address === undefined || (from !== undefined && source === undefined)) return E.EINVAL;
    const answer = this.stack.config.lookupRoute(address, source);
    if (answer instanceof Errno) return answer;
    return {
      destination: `${answer.dst}/${answer.dst.bits}`,
      ...(answer.gateway === undefined ? {} : { gateway: String(answer.gateway) }),
      ifindex: answer.ifindex,
      metric: answer.route?.metric ?? 0,
      protocol: protocolName(answer.route?.protocol ?? 'kernel'),
      scope: answer.route?.scope ?? 'global',
      type: answer.type === 'multicast' ? 'unicast' : answer.type,
      source: String(answer.source),
      mtu: answer.mtu,
    };
  }

  neighbours(): readonly NeighbourInfo[] {
    return this.stack.config.neighbours().map((entry) => ({
      ifindex: entry.ifindex,
      address: String(entry.address),
      ...(entry.mac === undefined ? {} : { mac: String(entry.mac) }),
      state: entry.state as NeighbourStateName,
    }));
  }

  change(request: NetlinkChange): Errno | undefined {
    if ('set' in request) return this.setLink(request);
    if ('flush' in request) {
      return request.flush === 'neighbours'
        ? this.stack.config.flushNeighbours(request.ifindex)
        : this.stack.config.flushAddresses(request.ifindex);
    }
    if ('add' in request) return this.add(request);
    return this.remove(request);
  }

  private setLink(request: Extract<NetlinkRequest, { set: 'link' }>): Errno | undefined {
    const { config } = this.stack;
    const card = config.card(request.ifindex);
    if (card === undefined) return E.ENODEV;
    if (request.mac !== undefined) {
      const mac = parseMac(request.mac);
      const refused = mac === undefined ? E.EINVAL : config.setMac(card.ifindex, mac);
      if (refused) return refused;
    }
    if (request.mtu !== undefined) {
      const refused = config.setMtu(card.ifindex, request.mtu);
      if (refused) return refused;
    }
    if (request.promiscuous !== undefined && request.promiscuous !== card.promiscuous)
      card.addPromiscuity(request.promiscuous ? 1 : -1);
    return request.up === undefined ? undefined : config.setUp(card.ifindex, request.up);
  }

  private add(request: Extract<NetlinkRequest, { add: string }>): Errno | undefined {
    const { config } = this.stack;
    if (request.add === 'address') {
      const parsed = parseInterfaceAddress(request.address);
      const broadcast = request.broadcast === undefined ? undefined : parseIp(request.broadcast);
      if (parsed === undefined || (request.broadcast !== undefined && broadcast === undefined)) return E.EINVAL;
      return config.addAddress(request.ifindex, {
        ...parsed,
        broadcast,
        validNs: request.validNs,
        replace: request.replace,
      });
    }
    if (request.add === 'neighbour') {
      const address = parseIp(request.address);
      const mac = parseMac(request.mac);
      if (address === undefined || mac === undefined) return E.EINVAL;
      const state = request.permanent ? 'PERMANENT' : 'REACHABLE';
      return config.addNeighbour({ ifindex: request.ifindex, address, mac, state, replace: request.replace });
    }
    const route = routeRequest(request);
    return route instanceof Errno ? route : config.addRoute(route, request.replace);
  }

  private remove(request: Extract<NetlinkRequest, { delete: string }>): Errno | undefined {
    const { config } = this.stack;
    if (request.delete === 'address') {
      const parsed = parseInterfaceAddress(request.address);
      return parsed === undefined
        ? E.EINVAL
        : config.deleteAddress(request.ifindex, parsed.address, parsed.prefixLength);
    }
    if (request.delete === 'neighbour') {
      const address = parseIp(request.address);
      return address === undefined ? E.EINVAL : config.deleteNeighbour(request.ifindex, address);
    }
    const route = routeRequest(request);
    return route instanceof Errno ? route : config.deleteRoute(route);
  }

  detachedTcp(): readonly TcpSummary[] {
    return this.tcpConnections().filter((connection) => !('owner' in connection) || connection.owner === undefined);
  }

  /** Every connection of the host, TIME-WAIT and half-open ones too. */
  tcpConnections(): readonly TcpSummary[] {
    return this.tcp
      .endpoints()
      .map((endpoint) => (endpoint instanceof TcpConnection ? endpoint : miniSocket(endpoint, this.ctx.queue.now)));
  }

  shutdown(): void {
    this.stack.shutdown();
    this.tcp.shutdown();
  }
}

/** TIME-WAIT and half-open connections are kept as less than a socket; this is what there is to show of them. */
function miniSocket(mini: TimeWait | HalfOpen, now: number): TcpSummary {
  const { localAddress, localPort, remoteAddress, remotePort, timer } = mini;
  const resting = mini instanceof TimeWait;
  return {
    stateName: !resting ? 'SYN-RECEIVED' : mini.state === STATE.TIME_WAIT ? 'TIME-WAIT' : 'FIN-WAIT-2',
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    uid: resting ? mini.uid : mini.listener.uid,
    receiveQueueLength: 0,
    sendQueueLength: 0,
    timer: () =>
      timer.running
        ? {
            kind: resting ? 'timewait' : 'on',
            expiresNs: timer.deadline - now,
            retransmits: resting ? 0 : mini.timeouts,
          }
        : undefined,
    info: () => undefined,
  };
}

function routeInfo(entry: RouteEntry): RouteInfo {
  return {
    destination: entry.destination.length === 0 ? 'default' : String(entry.destination),
    ...(entry.gateway === undefined ? {} : { gateway: String(entry.gateway) }),
    ifindex: entry.ifindex,
    metric: entry.metric,
    protocol: protocolName(entry.protocol),
    scope: entry.scope,
    ...(entry.source === undefined ? {} : { source: String(entry.source) }),
    type: entry.type,
  };
}

function protocolName(protocol: RouteEntry['protocol']): RouteInfo['protocol'] {
  return protocol === 'redirect' ? 'kernel' : protocol;
}

function routeRequest(
  spec: RouteSpec,
): (RouteRequest & { readonly destination: NonNullable<ReturnType<typeof parsePrefix>> }) | Errno {
  const destination = parsePrefix(spec.destination);
  const gateway = spec.gateway === undefined ? undefined : parseIp(spec.gateway);
  const source = spec.source === undefined ? undefined : parseIp(spec.source);
  if (
    destination === undefined ||
    (spec.gateway !== undefined && gateway === undefined) ||
    (spec.source !== undefined && source === undefined)
  )
    return E.EINVAL;
  return {
    destination,
    gateway,
    source,
    ifindex: spec.ifindex,
    metric: spec.metric,
    protocol: spec.protocol,
    type: spec.type,
    metrics: spec.metrics,
  };
}

/** The words of `ip route add`: destination, then `via`, `dev`, `metric`, `src`; or a type first. A text says what is wrong. */
function parseRoute(text: string, ifindexOf: (dev: string) => number | undefined): RouteRequest | string {
  const words = text.trim().split(/\s+/);
  const type =
    words[0] === 'unreachable' || words[0] === 'blackhole' || words[0] === 'prohibit' ? words.shift() : undefined;
  const destination = parsePrefix(words.shift() ?? '');
  if (destination === undefined) return 'begins with no prefix such as 10.0.0.0/8 or default';
  const request: { -readonly [K in keyof RouteRequest]: RouteRequest[K] } = { destination };
  if (type !== undefined) request.type = type as 'unreachable' | 'blackhole' | 'prohibit';
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const value = words.shift() ?? '';
    if (word === 'via') request.gateway = parseIp(value);
    else if (word === 'src') request.source = parseIp(value);
    else if (word === 'dev') request.ifindex = ifindexOf(value);
    else if (word === 'metric') request.metric = /^\d+$/.test(value) ? Number(value) : undefined;
    else return `'${word}' is not supported; via, dev, metric and src are`;
    const understood =
      word === 'via'
        ? request.gateway
        : word === 'src'
          ? request.source
          : word === 'dev'
            ? request.ifindex
            : request.metric;
    if (understood === undefined) return `'${value}' is no value for ${word}`;
  }
  return request;
}
