/** The next hop of a path or of a forwarded flow: an interface and a neighbour on it. Sending is two property reads when the neighbour is known. */
import type { IpAddress } from '../base/address.ts';
import type { Ipv4Packet } from '../wire/packet.ts';
import type { Interface } from './interface.ts';
import { type Neighbour, NUD_CONNECTED } from './neighbour.ts';
import type { NeighbourTable } from './neighbour-table.ts';

export class Hop {
  /** `fixed` for destinations whose link-layer address follows from themselves (broadcast, groups, loopback). */
  constructor(
    readonly on: Interface,
    readonly address: IpAddress,
    private readonly table: NeighbourTable,
    private neighbour: Neighbour | undefined = undefined,
  ) {}

  /** False where the neighbour table is full (ENOBUFS). */
  send(packet: Ipv4Packet): boolean {
    const neighbour = this.neighbour;
    if (neighbour !== undefined && (neighbour.nud & NUD_CONNECTED) !== 0) {
      this.on.send(neighbour.ha, packet);
      return true;
    }
    return this.sendUnresolved(packet);
  }

  private sendUnresolved(packet: Ipv4Packet): boolean {
    const neighbour = this.current();
    if (neighbour === undefined) return false;
    if ((neighbour.nud & NUD_CONNECTED) !== 0) this.on.send(neighbour.ha, packet);
    else this.table.resolve(neighbour, packet);
    return true;
  }

  private current(): Neighbour | undefined {
    if (this.neighbour === undefined || this.neighbour.dead) this.neighbour = this.table.get(this.on, this.address);
    return this.neighbour;
  }

  /** An upper layer knows that the neighbour is there (dst_confirm_neigh). */
  confirm(now: number): void {
    this.neighbour?.confirm(now);
  }
}
