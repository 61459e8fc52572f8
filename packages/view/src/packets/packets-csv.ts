/** The rows of a packet list as comma-separated values (RFC 4180). Cells that a spreadsheet would take for a formula begin with an apostrophe. */
import { formatInstant } from '@netarium/core/time/instant.ts';
import type { FilePiece } from '../files/file-piece.ts';
import type { FilteredRows, PacketList } from './packet-list.ts';

const HEAD = ['No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'Info', 'Where'];
/** Packets of a piece: about a millisecond's work. */
const SLICE = 64;

/** Looks through the whole list: what passes is found, and what the conversations say of it worked out, on the way. */
export function* packetsCsv(list: PacketList, rows: FilteredRows): Generator<FilePiece, void> {
  yield { content: line(HEAD), part: 0 };
  let place = 0;
  for (let end = 0; end < list.length; ) {
    end = Math.min(list.length, end + SLICE);
    rows.advance(SLICE);
    list.analyse(end - list.known);
    let content = '';
    for (; place < rows.length && rows.at(place) < end; place++) content += line(cellsOf(list, rows.at(place)));
    yield { content, part: end / list.length };
  }
}

function cellsOf(list: PacketList, index: number): string[] {
  const { number, atNs, source, destination, protocol, length, info, where } = list.row(index, list.passing(index));
  return [String(number), formatInstant(atNs), source, destination, protocol, String(length), info, where];
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
