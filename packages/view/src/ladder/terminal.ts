/**
 * A ladder as lines of a terminal: instant, time on the way, lifelines with the arrow between them, and what the packet says. Given a width,
 * the text behind the arrow is cut to it, and stands beneath the arrow with the time on the way where it is narrow; without one (a pipe) lines keep
 * their length, so that `grep` finds all of it.
 */
import { formatDuration, formatInstant } from '@netarium/core/time/instant.ts';
import { displayWidth, padded, paddedLeft, truncated } from '../draw/width.ts';
import type { Drop, Ladder, LadderRow } from './ladder.ts';

export interface LadderLine {
  readonly time: string;
  readonly transit: string;
  readonly lanes: string;
  readonly text: string;
  /** Reasons of drops, each behind a cross. */
  readonly dropped: string;
}

export interface LadderLayout {
  /** Columns of the terminal. */
  readonly width?: number | undefined;
  readonly timeTitle: string;
  readonly transitTitle: string;
}

const CROSS = '✗';
const GAP = 2;
const LANE_MIN = 10;
const LANE_LEAST = 6;
const LANE_MAX = 22;
const TEXT_MIN = 40;
/** Where behind the arrow less than this is left, the text goes beneath it. */
const ROOM_MIN = 24;
/** What a long reason leaves to the text. */
const SAID_MIN = 12;
const TRANSIT_MIN = 9;

export interface LadderLines {
  readonly head: LadderLine;
  readonly lines: readonly LadderLine[];
  /** Time on the way and text stand on a line of their own, `INDENT` from the edge. */
  readonly beneath: boolean;
}

export const INDENT = 2;

export function ladderLines(ladder: Ladder, layout: LadderLayout): LadderLines {
  const { hosts, rows } = ladder;
  const times = rows.map((row) => formatInstant(row.fromNs));
  const transits = rows.map(transitText);
  const timeWidth = widest([layout.timeTitle, ...times]);
  const transitWidth = Math.max(TRANSIT_MIN, widest([layout.transitTitle, ...transits]));
  const { width = Number.POSITIVE_INFINITY } = layout;
  const others = timeWidth + transitWidth + 3 * GAP;
  const beneath = width - others - hosts.length * LANE_MIN < ROOM_MIN;
  const columns = beneath
    ? columnsOf(hosts, width - timeWidth - GAP, LANE_LEAST)
    : columnsOf(hosts, width - others - TEXT_MIN, LANE_MIN);
  const lanesWidth = (columns.at(-1) ?? 0) + Math.ceil((columns[1] ?? LANE_MIN) / 2);
  const room = beneath ? width - INDENT - transitWidth - GAP : width - others - lanesWidth;
  const line = (time: string, transit: string, lanes: string, text: string, dropped: string): LadderLine => {
    const reason = truncated(dropped, room - SAID_MIN);
    return {
      time: paddedLeft(time, timeWidth),
      transit: paddedLeft(transit, transitWidth),
      lanes: padded(lanes, lanesWidth),
      text: truncated(text, room - displayWidth(reason)),
      dropped: reason,
    };
  };
  const head = line(layout.timeTitle, layout.transitTitle, headOf(hosts, columns, lanesWidth), '', '');
  const lines = rows.map((row, i) => {
    const dropped = row.drops.map((drop) => ` ${CROSS} ${reasonText(drop)}`).join('');
    return line(times[i]!, transits[i]!, lanesOf(row, hosts, columns), row.text, dropped);
  });
  return { head, lines, beneath };
}

export function reasonText({ host, reason, detail }: Drop): string {
  return detail === undefined ? `${reason} (${host})` : `${reason} (${host}: ${detail})`;
}

/** Until its last copy arrived. */
function transitText({ arrivals, fromNs }: LadderRow): string {
  const last = arrivals.at(-1);
  if (last === undefined) return '';
  const ns = last.atNs - fromNs;
  // Three digits behind the point say enough beside an exact instant.
  const unit = ns >= 1_000_000_000 ? 1_000_000 : ns >= 1_000_000 ? 1000 : 1;
  return `+${formatDuration(Math.round(ns / unit) * unit)}`;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}

/** Where the lifelines stand, from 0 as the left edge of all lanes. */
function columnsOf(hosts: readonly string[], free: number, least: number): number[] {
  const lane = Math.max(least, Math.min(LANE_MAX, Math.floor(free / Math.max(1, hosts.length))));
  return hosts.map((_, i) => Math.floor(lane / 2) + i * lane);
}

function headOf(hosts: readonly string[], columns: readonly number[], width: number): string {
  const lane = columns.length > 1 ? columns[1]! - columns[0]! : LANE_MIN;
  let out = '';
  hosts.forEach((host, i) => {
    const name = truncated(host, lane - 1);
    out = padded(out, Math.max(0, columns[i]! - Math.floor(displayWidth(name) / 2))) + name;
  });
  return padded(out, width);
}

/** The characters between the edges: lifelines, the arrow across them, crosses where the packet ended. */
function lanesOf(row: LadderRow, hosts: readonly string[], columns: readonly number[]): string {
  const cells = new Array<string>((columns.at(-1) ?? 0) + Math.ceil((columns[1] ?? LANE_MIN) / 2)).fill(' ');
  for (const x of columns) cells[x] = '│';
  const at = (host: string | undefined): number | undefined => {
    const index = host === undefined ? -1 : hosts.indexOf(host);
    return index < 0 ? undefined : columns[index];
  };
  const from = at(row.from);
  for (const { host } of row.arrivals) {
    const to = at(host);
    if (to === undefined) continue;
    if (from === undefined || from === to) cells[to] = '◆';
    else arrow(cells, from, to);
  }
  for (const drop of row.drops) cross(cells, drop, from, at, columns);
  // To a group, say, that nobody else has joined: it left, and no host took it.
  if (from !== undefined && row.arrivals.length === 0 && row.drops.length === 0)
    dash(cells, from, Math.floor((from + neighbour(from, columns)) / 2));
  for (const { host } of row.through) {
    const x = at(host);
    if (x !== undefined && cells[x] === '│' && (cells[x - 1] === '─' || cells[x + 1] === '─')) cells[x] = '┼';
  }
  return cells.join('').trimEnd();
}

function arrow(cells: string[], from: number, to: number): void {
  dash(cells, from, to);
  cells[to + (from < to ? -1 : 1)] = from < to ? '>' : '<';
}

/** Dashes strictly between two columns; lifelines and heads that stand there stay, the first lifeline gets its branch. */
function dash(cells: string[], from: number, to: number): void {
  const step = from < to ? 1 : -1;
  for (let x = from + step; x !== to; x += step) if (cells[x] === ' ') cells[x] = '─';
  const branch = step === 1 ? '├' : '┤';
  const free = cells[from - step] !== '─' && (cells[from] === '│' || cells[from] === branch);
  cells[from] = free ? branch : '┼';
}

function cross(
  cells: string[],
  drop: Drop,
  from: number | undefined,
  at: (host: string | undefined) => number | undefined,
  columns: readonly number[],
): void {
  const last = at(drop.after) ?? from;
  if (!drop.onTheWay) {
    const inside = at(drop.host) ?? last;
    if (inside === undefined) return;
    if (from !== undefined && from !== inside) arrow(cells, from, inside);
    cells[inside] = CROSS;
    return;
  }
  if (last === undefined) return;
  if (from !== undefined && from !== last) dash(cells, from, last);
  const end = at(drop.before) ?? neighbour(last, columns);
  const middle = Math.floor((last + end) / 2);
  if (middle === last) return;
  dash(cells, last, middle);
  // Never on a lifeline: nobody there dropped it.
  cells[columns.includes(middle) ? middle - 1 : middle] = CROSS;
}

/** Where nobody knows for whom a frame was: half way to the column beside it. */
function neighbour(x: number, columns: readonly number[]): number {
  const i = columns.indexOf(x);
  return columns[i + 1] ?? columns[i - 1] ?? x + LANE_MIN;
}
