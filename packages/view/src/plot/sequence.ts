/**
 * Time-sequence diagrams (Stevens, TCP/IP Illustrated, volume 1, section 16.2): for one connection and direction, which bytes were sent when, and, as the sender
 * heard of it, how far they were acknowledged, up to where the receiver's window reached, and what it acknowledged selectively. Made of the ladder's rows; numbers
 * are relative. Left out: segments that the sender's own queue dropped before a card sent them, connections whose addresses are changed on the way, and more than 4 GiB.
 */
import { Gradual } from '../gradual/gradual.ts';
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
    this.last = Math.max(this.last, to + (flags.includes('SYN') || flags.includes('FIN') ? 1 : 0));
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

/** Whether any connection sent something: answered without making the diagrams. */
export function hasSequences({ rows }: Pick<Ladder, 'rows'>): boolean {
  return rows.some(({ seq, length }) => seq !== undefined && length > 0);
}

/** In the order in which the connections began, the caller's direction first where both sent something. */
export function sequencesOf(ladder: Pick<Ladder, 'rows'>): readonly Sequence[] {
  return new Gradual(() => sequenceSteps(ladder)).value;
}

/** Rows, or connections, of a step: some milliseconds' work. */
const ROWS = 4096;
const FLOWS = 64;

/** The same bit by bit. */
export function* sequenceSteps({ rows }: Pick<Ladder, 'rows'>): Generator<undefined, readonly Sequence[], undefined> {
  const flows = new Flows();
  for (const [i, row] of rows.entries()) {
    if (i % ROWS === ROWS - 1) yield;
    const { src, dst, srcPort = 0, dstPort = 0, seq, flags, findings } = row;
    if (seq === undefined) continue;
    const [here, peer] = [flows.end(src, srcPort), flows.end(dst, dstPort)];
    // The ports' next connection counts from zero again.
    if (flags === 'SYN' && findings?.includes('reused_ports') === true) flows.forget(here, peer);
    flows.between(here, peer).sent(row);
    flows.between(peer, here).hears(row);
  }
  const sequences: Sequence[] = [];
  for (const [i, flow] of flows.all.entries()) {
    if (i % FLOWS === 0) yield;
    const sequence = flow.sequence();
    if (sequence !== undefined) sequences.push(sequence);
  }
  return sequences;
}

interface End {
  readonly name: string;
  /** By the other end: what goes from here to there. */
  readonly flows: Map<End, Flow>;
}

/** A million packets have no names made for them. */
class Flows {
  readonly all: Flow[] = [];
  private readonly ends = new Map<string, Map<number, End>>();

  end(address: string, port: number): End {
    let ports = this.ends.get(address);
    if (ports === undefined) this.ends.set(address, (ports = new Map()));
    let end = ports.get(port);
    if (end === undefined) ports.set(port, (end = { name: `${address}:${port}`, flows: new Map() }));
    return end;
  }

  between(from: End, to: End): Flow {
    let flow = from.flows.get(to);
    if (flow === undefined) {
      flow = new Flow(`${from.name} → ${to.name}`);
      from.flows.set(to, flow);
      this.all.push(flow);
    }
    return flow;
  }

  forget(a: End, b: End): void {
    a.flows.delete(b);
    b.flows.delete(a);
  }
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

/** The place of the one with the most segments; 0 where there is none. */
export function fullest(sequences: readonly Sequence[]): number {
  const most = sequences.reduce((found, { segments }) => Math.max(found, segments.length), 0);
  return Math.max(
    0,
    sequences.findIndex(({ segments }) => segments.length === most),
  );
}
