/** Which packets pass the filter: the ones that were found so far. Ladder and topology show the others paler, or not at all. */
import type { FilteredRows, PacketList } from './packet-list.ts';

export class PassingPackets {
  private readonly found = new Set<number>();
  private taken = 0;

  constructor(
    private readonly list: PacketList,
    private readonly rows: FilteredRows,
  ) {}

  /** Every packet was looked at. */
  get done(): boolean {
    return this.rows.done;
  }

  has(packet: number): boolean {
    for (; this.taken < this.rows.length; this.taken++) this.found.add(this.list.packet(this.rows.at(this.taken)));
    return this.found.has(packet);
  }
}
