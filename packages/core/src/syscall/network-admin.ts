/** What the netlink call asks of the host's network layers; `world/network-admin.ts` answers from the cards and the IP stack. */
import type { IpAddress } from '../base/address.ts';
import type { Errno } from '../base/errno.ts';
import type { TcpInfo, TcpStateName, TimerInfo } from '../transport/tcp/api.ts';
import type { AddressInfo, LinkInfo, NeighbourInfo, NetlinkRequest, RouteInfo } from './netlink.ts';

export type NetlinkChange = Exclude<NetlinkRequest, { get: string }>;

export interface NetworkAdmin {
  links(): readonly LinkInfo[];
  addresses(): readonly AddressInfo[];
  routes(): readonly RouteInfo[];
  routeTo(
    to: string,
    from: string | undefined,
  ): (RouteInfo & { readonly source: string; readonly mtu: number }) | Errno;
  neighbours(): readonly NeighbourInfo[];
  change(request: NetlinkChange): Errno | undefined;
  /** TCP connections that no descriptor holds any more, or yet: TIME-WAIT, orphans, half-open ones. */
  detachedTcp(): readonly TcpSummary[];
}

/** What `ss` shows of a TCP connection. */
export interface TcpSummary {
  readonly stateName: TcpStateName;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
  readonly uid: number;
  readonly receiveQueueLength: number;
  readonly sendQueueLength: number;
  timer(): TimerInfo | undefined;
  info(): TcpInfo | undefined;
}
