/**
 * Time-sequence diagrams (Stevens, TCP/IP Illustrated, volume 1, section 16.2): for one connection and direction, which bytes were sent when, and, as the sender
 * heard of it, how far they were acknowledged, up to where the receiver's window reached, and what it acknowledged selectively. Made of the ladder's rows; numbers
 * are relative. Left out: segments that the sender's own queue dropped before a card sent them, connections whose addresses are changed on the way, and more than 4 GiB.
 */
import type { Ladder, LadderRow } from '../ladder/ladder.ts';
import { type Curve, changed, type Point, type Range, roundUp } from './plot.ts';

/** Bytes from `from` to before `to`. */
export interface SentSegment {
  readonly atNs: number;
  readonly from: number;
  readonly to: number;
  readonly packet: number;
  /** Bytes below others that had been sent before: a retransmission. */
  readonly again: boolean;
  /** No copy arrived. */
  readonly lost: boolean;
}

/** Bytes above the acknowledgement number that the receiver says it has (RFC 2018). */
export interface SackMark {
  readonly atNs: number;
  readonly from: number;
  readonly to: number;
  readonly packet: number;
}

export interface Sequence {
  /** As congestion windows are called: `web 10.0.2.2:80 → 10.0.1.2:50780`. */
  readonly name: string;
  readonly segments: readonly SentSegment[];
  /** The next byte that the receiver waits for. */
  readonly acks: readonly Point[];
  /** The first byte that the sender may not send yet. */
  readonly window: readonly Point[];
  readonly sacks: readonly SackMark[];
}

interface Heard {
  readonly atNs: number;
  readonly row: LadderRow;
  readonly ack: number;
}

class Flow {
  private host: string | undefined;
  private readonly segments: SentSegment[] = [];
  private readonly heard: Heard[] = [];
  private end = 0;
  /** Behind SYN and FIN too, which take a number each (RFC 9293 section 3.4). */
  private last = 0;

  constructor(private readonly ends: string) {}

  sent({ from: host, fromNs, packet, seq = 0, length, flags, arrivals, drops }: LadderRow): void {
    this.host ??= host;
    const to = seq + length;
    this.last = Math.max(this.last, to + (/SYN|FIN/.test(flags) ? 1 : 0));
    if (length === 0) return;
    const lost = arrivals.length === 0 && drops.length > 0;
    this.segments.push({ atNs: fromNs, from: seq, to, packet, again: seq < this.end, lost });
    this.end = Math.max(this.end, to);
  }

  hears(row: LadderRow): void {
    const { ack, flags, arrivals } = row;
    const here = arrivals.find(({ host }) => host === this.host);
    if (ack !== undefined && here !== undefined && !flags.includes('RST'))
      this.heard.push({ atNs: here.atNs, row, ack });
  }

  /** Undefined where no byte was sent. */
  sequence(): Sequence | undefined {
    if (this.segments.length === 0) return undefined;
    const [acks, window]: [Point[], Point[]] = [[], []];
    const sacks: SackMark[] = [];
    let una = 0;
    for (const { atNs, row, ack } of this.heard.sort((a, b) => a.atNs - b.atNs)) {
      // RFC 9293 section 3.10.7.4: what was never sent is not acknowledged, and an old acknowledgement says nothing new.
      if (ack > this.last || ack < una) continue;
      una = ack;
      changed(acks, atNs, ack);
      if (row.window !== undefined) changed(window, atNs, ack + row.window);
      // Below it lie bytes that came twice (RFC 2883).
      for (const [from, to] of row.sack ?? []) if (from > ack) sacks.push({ atNs, from, to, packet: row.packet });
    }
    return { name: `${this.host} ${this.ends}`, segments: this.segments, acks, window, sacks };
  }
}

/** In the order in which the connections began, the caller's direction first where both sent something. */
export function sequencesOf({ rows }: Pick<Ladder, 'rows'>): readonly Sequence[] {
  const flows: Flow[] = [];
  const current = new Map<string, Flow>();
  const flowOf = (ends: string): Flow => {
    const known = current.get(ends);
    if (known !== undefined) return known;
    const flow = new Flow(ends);
    flows.push(flow);
    current.set(ends, flow);
    return flow;
  };
  for (const row of rows) {
    const { src, dst, srcPort, dstPort, seq, flags, findings } = row;
    if (seq === undefined) continue;
    const [there, back] = [`${src}:${srcPort} → ${dst}:${dstPort}`, `${dst}:${dstPort} → ${src}:${srcPort}`];
    // The ports' next connection counts from zero again.
    if (flags === 'SYN' && findings?.includes('reused_ports') === true)
      for (const ends of [there, back]) current.delete(ends);
    flowOf(there).sent(row);
    flowOf(back).hears(row);
  }
  return flows.map((flow) => flow.sequence()).filter((sequence) => sequence !== undefined);
}

/** The first byte that had not been sent at each instant. */
export function sentOf({ name, segments }: Sequence): Curve {
  const points: Point[] = [];
  let end = 0;
  for (const { atNs, to } of segments) {
    end = Math.max(end, to);
    changed(points, atNs, end);
  }
  return { name, points };
}

/** How far a picture reaches: as high as what was sent, wherever the window's edge is. */
export function sequenceRange({ segments, acks }: Sequence): Range {
  const instants = [segments[0]!.atNs, segments.at(-1)!.atNs, ...acks.slice(-1).map(([atNs]) => atNs)];
  const fromNs = instants.reduce((least, atNs) => Math.min(least, atNs));
  const toNs = instants.reduce((most, atNs) => Math.max(most, atNs), fromNs + 1);
  return { fromNs, toNs, most: roundUp(segments.reduce((most, { to }) => Math.max(most, to), 1)) };
}
