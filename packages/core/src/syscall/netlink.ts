/**
 * What `ip`, `ss` and `arp` ask their kernel: the messages of rtnetlink(7) and sock_diag(7) as typed values. One request type per
 * message family; a dump answers a list. Changes need uid 0 (EPERM). Errors are those of the kernel: EEXIST, ESRCH, ENODEV, EINVAL …
 */
import type { NeighbourState, RouteMetrics } from '../network/types.ts';

/** An address in text form (`10.0.1.2`), as programs read and print it. */
export type IpText = string;
/** An address with its prefix length (`10.0.1.2/24`), or a prefix; `default` is 0.0.0.0/0. */
export type PrefixText = string;

export interface LinkInfo {
  readonly ifindex: number;
  readonly name: string;
  readonly type: 'ether' | 'loopback';
  readonly mac: string;
  readonly mtu: number;
  /** Administrative state: `ip link set up`. */
  readonly up: boolean;
  /** A cable is plugged in and the other end is up (LOWER_UP). */
  readonly carrier: boolean;
  readonly promiscuous: boolean;
  readonly txQueueLength: number;
  readonly stats: LinkStats;
}

export interface LinkStats {
  readonly rxPackets: number;
  readonly rxBytes: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txPackets: number;
  readonly txBytes: number;
  readonly txErrors: number;
  readonly txDropped: number;
  readonly multicast: number;
  readonly collisions: number;
}

export interface AddressInfo {
  readonly ifindex: number;
  readonly address: PrefixText;
  readonly broadcast?: IpText;
  readonly scope: 'global' | 'link' | 'host';
  /** Remaining lifetime in nanoseconds, for leased addresses. */
  readonly validNs?: number;
  readonly dynamic?: boolean;
}

export interface RouteInfo {
  readonly destination: PrefixText;
  readonly gateway?: IpText;
  readonly ifindex: number;
  readonly metric: number;
  readonly protocol: 'kernel' | 'boot' | 'static' | 'dhcp';
  readonly scope: 'global' | 'link' | 'host';
  readonly source?: IpText;
  readonly type: 'unicast' | 'local' | 'broadcast' | 'unreachable' | 'blackhole' | 'prohibit';
}

/** An entry that is there has a state. */
export type NeighbourStateName = Exclude<NeighbourState, 'NONE'>;

export interface NeighbourInfo {
  readonly ifindex: number;
  readonly address: IpText;
  readonly mac?: string;
  readonly state: NeighbourStateName;
}

export type SocketStateName =
  | 'ESTAB'
  | 'SYN-SENT'
  | 'SYN-RECV'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'TIME-WAIT'
  | 'UNCONN'
  | 'CLOSE-WAIT'
  | 'LAST-ACK'
  | 'LISTEN'
  | 'CLOSING';

export interface SocketInfo {
  readonly family: 'inet' | 'packet' | 'unix';
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'raw' | 'packet' | 'unix';
  readonly state: SocketStateName;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly local: { readonly address: string; readonly port: number; readonly ifindex?: number };
  readonly peer: { readonly address: string; readonly port: number };
  readonly uid: number;
  readonly inode: number;
  /** Who holds a descriptor of it. */
  readonly owners: readonly { readonly pid: number; readonly name: string; readonly fd: number }[];
  /** The running timer, as `ss -o` shows it. */
  readonly timer?: {
    readonly kind: 'on' | 'keepalive' | 'timewait' | 'persist' | 'unknown';
    readonly expiresNs: number;
    readonly retransmits: number;
  };
  /** TCP_INFO, for `ss -i`. */
  readonly tcpInfo?: Readonly<Record<string, number | string | boolean>>;
}

export type NetlinkRequest =
  | { readonly get: 'links' }
  | { readonly get: 'addresses' }
  | { readonly get: 'routes' }
  | { readonly get: 'route'; readonly to: IpText; readonly from?: IpText }
  | { readonly get: 'neighbours' }
  | { readonly get: 'sockets' }
  | {
      readonly set: 'link';
      readonly ifindex: number;
      readonly up?: boolean;
      readonly mtu?: number;
      readonly mac?: string;
      readonly promiscuous?: boolean;
    }
  | {
      readonly add: 'address';
      readonly ifindex: number;
      readonly address: PrefixText;
      readonly broadcast?: IpText;
      readonly validNs?: number;
      readonly replace?: boolean;
    }
  | { readonly delete: 'address'; readonly ifindex: number; readonly address: PrefixText }
  | ({ readonly add: 'route'; readonly replace?: boolean } & RouteSpec)
  | ({ readonly delete: 'route' } & RouteSpec)
  | {
      readonly add: 'neighbour';
      readonly ifindex: number;
      readonly address: IpText;
      readonly mac: string;
      readonly permanent: boolean;
      readonly replace?: boolean;
    }
  | { readonly delete: 'neighbour'; readonly ifindex: number; readonly address: IpText }
  | { readonly flush: 'neighbours'; readonly ifindex?: number }
  | { readonly flush: 'addresses'; readonly ifindex: number };

export interface RouteSpec {
  readonly destination: PrefixText;
  readonly gateway?: IpText;
  readonly ifindex?: number;
  readonly metric?: number;
  readonly source?: IpText;
  readonly protocol?: RouteInfo['protocol'];
  readonly type?: RouteInfo['type'];
  /** `mtu`, `initcwnd` and so on of ip-route(8). */
  readonly metrics?: RouteMetrics;
}

/** What each request answers. */
export type NetlinkReply<R extends NetlinkRequest> = R extends { get: 'links' }
  ? readonly LinkInfo[]
  : R extends { get: 'addresses' }
    ? readonly AddressInfo[]
    : R extends { get: 'routes' }
      ? readonly RouteInfo[]
      : R extends { get: 'route' }
        ? RouteInfo & { readonly source: IpText; readonly mtu: number }
        : R extends { get: 'neighbours' }
          ? readonly NeighbourInfo[]
          : R extends { get: 'sockets' }
            ? readonly SocketInfo[]
            : undefined;
