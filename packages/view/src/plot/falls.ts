/** Where a congestion window falls, and what told the sender: the duplicate ACKs that reached it before, and the event at that instant. */
import type { LadderRow } from '../ladder/ladder.ts';
import type { Recording } from '../recording/recording.ts';
import { above, below, countWhere } from '../timeline/timeline.ts';

export interface Fall {
  /** Of the recording's congestion windows. */
  readonly curve: number;
  readonly atNs: number;
  readonly from: number;
  /** The least value before it rises again. */
  readonly to: number;
  /** Packets, at most three, the last ones before the fall. */
  readonly duplicateAcks: readonly number[];
  /** The recording's event that says why; -1 where none is noted. */
  readonly event: number;
}

/** RFC 5681 section 3.2: so many duplicate ACKs tell of a loss. */
const DUPLICATE_ACKS = 3;
const REASONS: ReadonlySet<string> = new Set(['tcp.recovery', 'tcp.retransmit', 'tcp.timer']);
/** `web 10.0.2.2:80 → 10.0.1.2:50780` */
const CURVE_NAME = /^(\S+) ([\d.]+):(\d+) → ([\d.]+):(\d+)$/;

/** By time; each run of decreases is one. */
export function fallsOf(recording: Recording): readonly Fall[] {
  const duplicates = duplicatesOf(recording.ladder.rows);
  return recording.plots.cwnd
    .flatMap(({ name, points }, curve) => {
      const [, host = '', local = '', localPort = '', peer = '', peerPort = ''] = CURVE_NAME.exec(name) ?? [];
      const heard = (duplicates.get(`${peer}:${peerPort} ${local}:${localPort}`) ?? [])
        .map((row) => ({ packet: row.packet, atNs: arrivalAt(row, host) }))
        .filter(({ atNs }) => atNs >= 0);
      let after = 0;
      return decreases(points).map(({ atNs, from, to }): Fall => {
        const end = countWhere(heard.length, (i) => heard[i]!.atNs <= atNs);
        const duplicateAcks = heard.slice(Math.max(after, end - DUPLICATE_ACKS), end).map(({ packet }) => packet);
        after = end;
        return { curve, atNs, from, to, duplicateAcks, event: reasonAt(recording, host, atNs) };
      });
    })
    .sort((a, b) => a.atNs - b.atNs);
}

/** By who sent them to whom. */
function duplicatesOf(rows: readonly LadderRow[]): ReadonlyMap<string, readonly LadderRow[]> {
  const found = new Map<string, LadderRow[]>();
  for (const row of rows) {
    if (row.findings?.includes('duplicate_ack') !== true) continue;
    const key = `${row.src}:${row.srcPort} ${row.dst}:${row.dstPort}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [row]);
    else known.push(row);
  }
  return found;
}

function decreases(points: readonly (readonly [number, number])[]): { atNs: number; from: number; to: number }[] {
  const found: { atNs: number; from: number; to: number }[] = [];
  let falling: { atNs: number; from: number; to: number } | undefined;
  for (let i = 1; i < points.length; i++) {
    const [before, [atNs, value]] = [points[i - 1]![1], points[i]!];
    if (value > before) falling = undefined;
    else if (falling !== undefined) falling.to = value;
    else if (value < before) found.push((falling = { atNs, from: before, to: value }));
  }
  return found;
}

function arrivalAt({ arrivals }: LadderRow, host: string): number {
  return arrivals.find((stop) => stop.host === host)?.atNs ?? -1;
}

function reasonAt({ events, kinds, hosts }: Recording, host: string, atNs: number): number {
  for (let i = below(events.atNs, atNs) + 1; i < above(events.atNs, atNs); i++)
    if (REASONS.has(kinds[events.kind[i]!]!) && hosts[events.host[i]!] === host) return i;
  return -1;
}
