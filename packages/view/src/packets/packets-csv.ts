/** The rows of a packet list as comma-separated values (RFC 4180). Cells that a spreadsheet would take for a formula begin with an apostrophe. */
import { formatInstant } from '@netarium/core/time/instant.ts';
import type { FilteredRows, PacketList } from './packet-list.ts';

const HEAD = ['No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'Info', 'Where'];

export function packetsCsv(list: PacketList, rows: FilteredRows): string {
  const lines = [HEAD];
  for (let i = 0; i < rows.length; i++) {
    const { number, atNs, source, destination, protocol, length, info, where } = list.row(rows.at(i));
    lines.push([String(number), formatInstant(atNs), source, destination, protocol, String(length), info, where]);
  }
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
