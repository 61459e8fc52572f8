/**
 * A ladder whose time runs down at one speed: arrows slant by the delay that they had, and silence takes its room. What lies in a part of the run, and the part
 * that shows a few packets around an instant. Left out: the wait inside of a router, which is part of the line that leads to it.
 */
import type { Span } from '../timeline/axis.ts';
import { countWhere } from '../timeline/timeline.ts';
import type { Drop, LadderRow, Stop } from './ladder.ts';

export interface ScaledRow {
  /** Its place among all rows. */
  readonly index: number;
  readonly row: LadderRow;
  /** Lines from host to host, by when they were left and reached. */
  readonly lines: readonly { readonly from: Stop; readonly to: Stop }[];
  readonly drops: readonly Drop[];
  /** There is room for its text. */
  readonly told: boolean;
}

const AROUND = 14;

export interface Room {
  readonly textPart: number;
  readonly close: boolean;
  /** A place among all rows; -1 for none. */
  readonly chosen?: number;
  readonly most: number;
}

export interface ScaledPart {
  readonly rows: readonly ScaledRow[];
  /** So many more lie in the part. */
  readonly leftOut: number;
}

/** When the last of it arrived, or was dropped. */
function endOf({ fromNs, arrivals, drops }: LadderRow): number {
  return [...arrivals, ...drops].reduce((latest, { atNs }) => Math.max(latest, atNs), fromNs);
}

export class ScaledLadder {
  private readonly ends: readonly number[];
  /** The latest end of all rows up to each. */
  private readonly latest: readonly number[];

  constructor(private readonly rows: readonly LadderRow[]) {
    this.ends = rows.map(endOf);
    let latest = 0;
    this.latest = this.ends.map((end) => (latest = Math.max(latest, end)));
  }

  /** A few rows around an instant; pages through them, so that the picture stands still from one row to the next. */
  around(atNs: number, endNs: number): Span {
    const { rows } = this;
    const current = countWhere(rows.length, (i) => rows[i]!.fromNs <= atNs);
    const first = Math.max(0, current - (current % (AROUND / 2)) - AROUND / 2);
    const last = Math.min(rows.length - 1, first + AROUND - 1);
    const fromNs = Math.min(rows[first]?.fromNs ?? 0, atNs);
    const lastNs = Math.max(atNs, ...this.ends.slice(first, last + 1));
    // A long silence behind the last packet would press the others together.
    const toNs = lastNs - fromNs > 4 * ((this.ends[last] ?? lastNs) - fromNs) ? atNs : lastNs;
    const room = Math.max(1000, Math.round((toNs - fromNs) / 20));
    // Before a long silence there may be a thousand packets in as much time: not in the picture of these few.
    const beforeNs = (rows[first - 1]?.fromNs ?? -1) + 1;
    return { fromNs: Math.min(fromNs, Math.max(beforeNs, fromNs - room)), toNs: Math.min(endNs, toNs + room) };
  }

  /**
   * Rows that began or ended in a part, at most so many; a text needs so much of the part to itself: beside its sender, or all across where hosts stand close.
   * The `chosen` row has its text before all others.
   */
  within(span: Span, { textPart, close, chosen = -1, most }: Room): ScaledPart {
    const { rows } = this;
    const found = this.crossing(span);
    const shown = found.length <= most ? found : this.thinned(found, span, chosen, most);
    const gapNs = textPart * (span.toNs - span.fromNs);
    const first = rows[chosen];
    const told = new Map<string, number>();
    const scaled = shown.map((index): ScaledRow => {
      const row = rows[index]!;
      const key = close ? '' : (row.from ?? '');
      const last = told.get(key) ?? Number.NEGATIVE_INFINITY;
      const taken =
        first !== undefined &&
        index !== chosen &&
        (close || first.from === row.from) &&
        Math.abs(first.fromNs - row.fromNs) < gapNs;
      const room = index === chosen || (!taken && row.fromNs - last >= gapNs);
      if (room) told.set(key, row.fromNs);
      return { index, row, lines: linesOf(row), drops: row.drops, told: room };
    });
    return { rows: scaled, leftOut: found.length - shown.length };
  }

  private crossing({ fromNs, toNs }: Span): readonly number[] {
    const found: number[] = [];
    const end = countWhere(this.rows.length, (i) => this.rows[i]!.fromNs <= toNs);
    for (let i = end - 1; i >= 0 && this.latest[i]! >= fromNs; i--) if (this.ends[i]! >= fromNs) found.push(i);
    return found.reverse();
  }

  /** The first that begin in the part, what was lost or repeated, and of the others every second, fourth, eighth …: of a part and a smaller one the same. */
  private thinned(found: readonly number[], { fromNs }: Span, chosen: number, most: number): readonly number[] {
    const { rows } = this;
    const begin = countWhere(rows.length, (i) => rows[i]!.fromNs < fromNs);
    const wanted = (i: number): boolean =>
      i === chosen || (i >= begin && i < begin + AROUND) || rows[i]!.drops.length > 0 || isRepeated(rows[i]!);
    const [kept, others]: [number[], number[]] = [[], []];
    for (const i of found) {
      if (!wanted(i)) others.push(i);
      else if (kept.length < most) kept.push(i);
    }
    let every = 1;
    while (others.length > every * (most - kept.length) && every < others.length) every *= 2;
    const some = others.filter((i) => i % every === 0).slice(0, most - kept.length);
    return [...kept, ...some].sort((a, b) => a - b);
  }
}

function isRepeated({ cause }: LadderRow): boolean {
  return cause === 'retransmission';
}

function linesOf({ from, fromNs, through, arrivals }: LadderRow): { from: Stop; to: Stop }[] {
  if (from === undefined) return [];
  const lines: { from: Stop; to: Stop }[] = [];
  let here: Stop = { host: from, atNs: fromNs };
  for (const stop of through) {
    lines.push({ from: here, to: stop });
    here = stop;
  }
  for (const to of arrivals) if (to.host !== here.host) lines.push({ from: here, to });
  return lines;
}

const SHORT = 36;

/** What an arrow among many says: the flags that open and close, the bytes, or what is acknowledged. */
export function shortText(row: LadderRow, numbers: 'relative' | 'absolute'): string {
  const { protocol, flags, length, text, sack, findings = [] } = row;
  if (protocol !== 'TCP') return text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text;
  const [seq, ack] = numbers === 'relative' ? [row.seq, row.ack] : [row.seqRaw, row.ackRaw];
  const opens = flags
    .split(', ')
    .filter((flag) => flag !== 'ACK' && flag !== 'PSH')
    .join(', ');
  const words = [
    opens,
    length > 0 ? `seq=${seq} len=${length}` : ack === undefined ? '' : `ack=${ack}`,
    sack === undefined ? '' : 'SACK',
    ...findings.filter((finding) => finding !== 'window_update').map((finding) => `{${finding.replaceAll('_', ' ')}}`),
  ];
  return words.filter((word) => word !== '').join(' ');
}
