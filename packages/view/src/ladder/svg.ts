/** A ladder as SVG: one row per packet at even distances, each arrow sloping down to its arrival. All text is escaped. */
import { formatInstant } from '@netarium/core/time/instant.ts';
import { INKS } from '../draw/inks.ts';
import { element, lineFrom, pictureFrame, pictureLines, textAt } from '../draw/svg.ts';
import { type FilePiece, slicesOf } from '../files/file-piece.ts';
import { dropPlace } from './drop-place.ts';
import type { Ladder, LadderRow } from './ladder.ts';
import { reasonText } from './terminal.ts';

const TOP = 64;
const ROW = 34;
const SLOPE = 12;
const TIME_WIDTH = 110;
const LANE = 220;
const RIGHT = 120;
const INK = INKS.text;
/** White around the letters, where they cross lifelines and arrows. */
const HALO = { 'paint-order': 'stroke', stroke: '#ffffff', 'stroke-width': 3 };
const FAINT = INKS['muted-text'];
const LOST = INKS.error;

/** Rows of a piece: about a millisecond's work. */
const SLICE = 32;

export function* ladderSvg({ hosts, rows }: Ladder, title: string): Generator<FilePiece, void> {
  const columns = new Map(hosts.map((host, i) => [host, TIME_WIDTH + LANE / 2 + i * LANE]));
  const width = TIME_WIDTH + Math.max(1, hosts.length) * LANE + RIGHT;
  const height = TOP + rows.length * ROW + 24;
  const [before, after] = pictureFrame(width, height, title);
  const head = [textAt(12, 22, title, { 'font-size': 15, fill: INK })];
  for (const [host, x] of columns) {
    head.push(textAt(x, 46, host, { 'text-anchor': 'middle', 'font-weight': 'bold', fill: INK }));
    head.push(lineFrom(x, 52, x, height - 12, { stroke: FAINT }));
  }
  yield { content: `${before}${pictureLines(head)}`, part: 0 };
  for (const [first, some] of slicesOf(rows, SLICE)) {
    const parts = some.flatMap((row, i) => rowParts(row, TOP + (first + i) * ROW + 12, columns));
    yield { content: pictureLines(parts), part: (first + some.length) / rows.length };
  }
  yield { content: after, part: 1 };
}

function rowParts(row: LadderRow, y: number, columns: ReadonlyMap<string, number>): string[] {
  const parts = [textAt(12, y + 4, formatInstant(row.fromNs), { fill: FAINT, 'font-family': 'monospace' })];
  const from = row.from === undefined ? undefined : columns.get(row.from);
  const ends: number[] = [];
  for (const { host } of row.arrivals) {
    const to = columns.get(host);
    if (to === undefined) continue;
    ends.push(to);
    if (from === undefined || from === to) parts.push(element('circle', { cx: to, cy: y, r: 3, fill: INK }));
    else parts.push(...arrowParts(from, y, to));
  }
  for (const drop of row.drops) {
    const end = dropPlace(drop, from, columns, LANE);
    if (end === undefined) continue;
    ends.push(end);
    if (from !== undefined && from !== end)
      parts.push(lineFrom(from, y, end, y + SLOPE, { stroke: LOST, 'stroke-dasharray': '4 3' }));
    parts.push(
      ...crossParts(end, y + SLOPE),
      textAt(end + 8, y + SLOPE + 10, reasonText(drop), { fill: LOST, 'font-size': 10, ...HALO }),
    );
  }
  const start = from ?? ends[0] ?? TIME_WIDTH;
  const far = ends.at(-1) ?? start;
  parts.push(
    textAt((start + far) / 2, y - 2, row.text, { 'text-anchor': 'middle', 'font-size': 10, fill: INK, ...HALO }),
  );
  return parts;
}

function arrowParts(from: number, y: number, to: number): string[] {
  const back = from < to ? -7 : 7;
  const tip = y + SLOPE;
  const points = `${to},${tip} ${to + back},${tip - 4} ${to + back},${tip + 3}`;
  return [lineFrom(from, y, to, tip, { stroke: INK }), element('polygon', { points, fill: INK })];
}

function crossParts(x: number, y: number): string[] {
  const stroke = { stroke: LOST, 'stroke-width': 2 };
  return [lineFrom(x - 5, y - 5, x + 5, y + 5, stroke), lineFrom(x - 5, y + 5, x + 5, y - 5, stroke)];
}
