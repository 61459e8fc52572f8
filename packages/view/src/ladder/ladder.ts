/**
 * A ladder (sequence diagram): hosts as columns, packets as rows in the order in which they began. Plain data, made by `LadderLog`, drawn by
 * `terminal.ts` and `svg.ts`, printed as JSON.
 */
import type { DropReason } from '@netarium/core/record/catalogue.ts';
import type { TcpFinding } from '@netarium/core/wire/dissector.ts';
import type { CauseKind } from '@netarium/core/wire/packet.ts';
import { countWhere } from '../timeline/timeline.ts';
import { type TimerBar, timersOf } from './timers.ts';

/** A host at an instant. */
export interface Stop {
  readonly host: string;
  readonly atNs: number;
}

export interface Drop {
  /** The machine that reports it, which may be a switch and so no column. */
  readonly host: string;
  readonly atNs: number;
  readonly reason: DropReason;
  readonly detail?: string;
  /** On the way between two hosts, seen from `host` or, where that is no column, the last host; otherwise inside of `host`. */
  readonly onTheWay: boolean;
  /** The host that left it, and the next one by its MAC address, where they are known. */
  readonly after?: string;
  readonly before?: string;
}

export interface LadderRow {
  /** From 1, in the order of the whole run: a filter leaves gaps. */
  readonly number: number;
  /** The packet's identity, as events name it; 0 where its bytes are no packet. */
  readonly packet: number;
  readonly cause: CauseKind;
  /** The packet that it answers, repeats or is part of; 0 where there is none. */
  readonly of: number;
  readonly fromNs: number;
  /** Undefined where nobody was seen sending it: bytes that a fault of the cable changed beyond recognition. */
  readonly from: string | undefined;
  /** The hosts that passed it on, in their order. */
  readonly through: readonly Stop[];
  /** Where copies of it stayed: one host, none, or for a broadcast several. */
  readonly arrivals: readonly Stop[];
  readonly drops: readonly Drop[];
  readonly protocol: string;
  /** TCP: `SYN, ACK`; empty elsewhere. */
  readonly flags: string;
  /** Relative, as Wireshark counts; undefined elsewhere than in TCP. */
  readonly seq?: number;
  readonly ack?: number;
  /** As they stand in the header. */
  readonly seqRaw?: number;
  readonly ackRaw?: number;
  /** Bytes that the sender of this segment has room for, scaled; undefined elsewhere than in TCP. */
  readonly window?: number;
  /** Selectively acknowledged bytes, relative: what lies above a gap. */
  readonly sack?: readonly (readonly [left: number, right: number])[];
  /** Of Wireshark's analysis: `duplicate_ack`; absent where there are none. */
  readonly findings?: readonly TcpFinding[];
  /** Bytes: of data in TCP and UDP, of the frame elsewhere. */
  readonly length: number;
  readonly src: string;
  readonly dst: string;
  /** TCP and UDP. */
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** What a row says behind its arrow. */
  readonly text: string;
}

export interface Ladder {
  readonly hosts: readonly string[];
  readonly rows: readonly LadderRow[];
  /** Of the rows' TCP connections, by their beginnings. */
  readonly timers: readonly TimerBar[];
}

/** The last row up to an instant; -1 before the first. */
export function rowUpTo({ rows }: Ladder, atNs: number): number {
  return countWhere(rows.length, (i) => rows[i]!.fromNs <= atNs) - 1;
}

/** What a row says, with the sequence numbers of the header in place of those from zero, and what it acknowledges selectively. */
export function rowText(
  { text, seq, ack, seqRaw, ackRaw, sack = [] }: LadderRow,
  numbers: 'relative' | 'absolute',
): string {
  const blocks = sack.map(([left, right]) => ` SACK ${left}–${right}`).join('');
  if (numbers === 'relative' || seqRaw === undefined) return `${text}${blocks}`;
  const offset = (ackRaw ?? 0) - (ack ?? 0);
  const raw = sack.map(([left, right]) => ` SACK ${(left + offset) >>> 0}–${(right + offset) >>> 0}`).join('');
  return `${text.replace(`seq=${seq}`, `seq=${seqRaw}`).replace(`ack=${ack}`, `ack=${ackRaw}`)}${raw}`;
}

export interface Selection {
  /** Only packets from one of these to another of them. */
  readonly between?: readonly string[];
  readonly fromNs?: number;
  readonly toNs?: number;
}

/** The part of a ladder that was asked for; columns are those of `between`, or all hosts that a row touches. */
export function selected(ladder: Ladder, { between, fromNs = 0, toNs }: Selection): Ladder {
  const owners = ownersOf(ladder.rows);
  const rows = ladder.rows.filter(
    (row) =>
      row.fromNs >= fromNs &&
      (toNs === undefined || row.fromNs <= toNs) &&
      (between === undefined || isBetween(row, between, owners)),
  );
  const touched = between ?? [...new Set(rows.flatMap(hostsOf))];
  const hosts = ladder.hosts.filter((host) => touched.includes(host));
  const timers = timersOf(ladder.timers, rows).filter(
    (timer) => hosts.includes(timer.host) && timer.endNs >= fromNs && (toNs === undefined || timer.fromNs <= toNs),
  );
  return { hosts, rows, timers };
}

/** Which host has an address, as far as packets told: whoever began one from it, or took one for it. */
function ownersOf(rows: readonly LadderRow[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { src, dst, from, arrivals, drops } of rows) {
    if (from !== undefined && src !== '') owners.set(src, from);
    if (arrivals.length === 1 && drops.length === 0 && dst !== '' && !owners.has(dst))
      owners.set(dst, arrivals[0]!.host);
  }
  return owners;
}

function isBetween(row: LadderRow, hosts: readonly string[], owners: ReadonlyMap<string, string>): boolean {
  const { from, arrivals, drops, dst } = row;
  if (from === undefined || !hosts.includes(from)) return false;
  const other = (host: string | undefined): boolean => host !== undefined && host !== from && hosts.includes(host);
  return arrivals.some(({ host }) => other(host)) || (drops.length > 0 && other(owners.get(dst)));
}

function hostsOf({ from, through, arrivals, drops }: LadderRow): string[] {
  const ends = [...through, ...arrivals, ...drops].map(({ host }) => host);
  const ways = drops.flatMap(({ after, before }) => [after, before]);
  return [from, ...ends, ...ways].filter((host) => host !== undefined);
}
