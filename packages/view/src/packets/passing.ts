/** Which packets pass the filter: the ones that were found so far. Ladder and topology show the others paler, or not at all. */
import type { FilteredRows, PacketList } from './packet-list.ts';

export class PassingPackets {
  constructor(
    private readonly list: PacketList,
    private readonly rows: FilteredRows,
  ) {}

  /** Every packet was looked at. */
  get done(): boolean {
    return this.rows.done;
  }

  /** So many were found so far: the answers change with it. */
  get count(): number {
    return this.rows.length;
  }

  has(packet: number): boolean {
    const row = this.list.rowOf(packet);
    return row >= 0 && this.rows.placeOf(row) >= 0;
  }
}
