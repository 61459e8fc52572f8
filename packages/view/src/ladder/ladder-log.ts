/**
 * Follows every packet of a run from the card that first sent it to the hosts where it stayed, and to where it was dropped. Looks on only:
 * frames come by a tap on each card, drops by events. Copies on later links keep the packet's identity, so that a routed packet is one row.
 * Left out: traffic on loopback devices, which no cable carries.
 */
import { TcpAnalysis } from '@netarium/core/check/analysis.ts';
import type { NetworkCard, Tap } from '@netarium/core/link/card.ts';
import { identOf, packetIdOf } from '@netarium/core/link/identity.ts';
import type { DropReason, WorldEvent } from '@netarium/core/record/catalogue.ts';
import type { Recorder } from '@netarium/core/record/recorder.ts';
import type { PacketContext } from '@netarium/core/wire/dissector.ts';
import type { Frame } from '@netarium/core/wire/packet.ts';
import { type Dissection, dissect } from '@netarium/core/wire/tree.ts';
import type { Drop, Ladder, LadderRow, Stop } from './ladder.ts';
import { packetText } from './packet-text.ts';
import { TimerLog, timersOf } from './timers.ts';

interface Sight extends Stop {
  readonly out: boolean;
  /** The frame's destination on this link. */
  readonly mac: number;
}

interface DropEvent {
  readonly packet: number;
  readonly reason: DropReason;
  readonly detail?: string;
  readonly host: string;
  readonly atNs: number;
  /** The link layer reports it: there is a card that would have sent or taken it. */
  readonly link: boolean;
  readonly src: string;
  readonly dst: string;
  readonly length: number;
}

interface Tracked {
  readonly id: number;
  /** Undefined where the packet was dropped before any card sent it. */
  readonly frame: Frame | undefined;
  readonly sights: Sight[];
  readonly drops: DropEvent[];
  readonly atNs: number;
}

/** Lets a packet through by its dissection: a display filter. */
export type PacketTest = (dissection: Dissection) => boolean;

export class LadderLog implements Tap {
  private readonly packets: Tracked[] = [];
  /** By identity; bytes without one by the frame, which both ends share. */
  private readonly known = new Map<number | Frame, Tracked>();
  private readonly hosts: string[] = [];
  private readonly timers = new TimerLog();
  private cards: readonly NetworkCard[] = [];

  attach(cards: readonly NetworkCard[]): void {
    this.cards = cards;
    for (const card of cards) {
      if (!this.hosts.includes(card.host)) this.hosts.push(card.host);
      card.addTap(this);
    }
  }

  listen(recorder: Recorder): void {
    this.timers.listen(recorder);
    recorder.on('frame.drop', (event) => this.drop(event, true, event.values.length));
    recorder.on('ip.drop', (event) => this.drop(event, false, 0, event.values.src, event.values.dst));
    recorder.on('tcp.drop', (event) => this.drop(event, false, 0));
    recorder.on('udp.drop', (event) => this.drop(event, false, 0));
  }

  frame(card: NetworkCard, frame: Frame, direction: 'in' | 'out', atNs: number): void {
    const tracked = this.tracked(packetIdOf(frame), frame, atNs);
    tracked.sights.push({ host: card.host, atNs, out: direction === 'out', mac: frame.dst.key });
  }

  private drop(
    event: WorldEvent<'frame.drop' | 'ip.drop' | 'tcp.drop' | 'udp.drop'>,
    link: boolean,
    length: number,
    src = '',
    dst = '',
  ): void {
    const { at: atNs, host, values } = event;
    const { packet, reason } = values;
    const detail = 'detail' in values ? values.detail : undefined;
    const drop = { packet, reason, host, atNs, link, src, dst, length, ...(detail === undefined ? {} : { detail }) };
    this.tracked(packet, undefined, atNs).drops.push(drop);
  }

  private tracked(id: number, frame: Frame | undefined, atNs: number): Tracked {
    const key = id === 0 ? frame : id;
    const known = key === undefined ? undefined : this.known.get(key);
    // A drop that was reported before the card's tap saw its frame (a lost frame on a cable without delay) makes room for the frame.
    if (known !== undefined && (known.frame !== undefined || frame === undefined)) return known;
    const made: Tracked = { id, frame, sights: [], drops: known?.drops ?? [], atNs: known?.atNs ?? atNs };
    if (known === undefined) this.packets.push(made);
    else this.packets[this.packets.indexOf(known)] = made;
    if (key !== undefined) this.known.set(key, made);
    return made;
  }

  /** All packets so far that pass; what was dropped before any card sent it passes only where nothing is asked for. */
  ladder(passes?: PacketTest): Ladder {
    const analysis = new TcpAnalysis();
    const macs = new Map(this.cards.map((card) => [card.mac.key, card.host]));
    const rows: LadderRow[] = [];
    let firstNs = -1;
    let number = 0;
    for (const packet of [...this.packets].sort((a, b) => a.atNs - b.atNs)) {
      number++;
      const { frame } = packet;
      if (frame === undefined) {
        if (passes === undefined) rows.push(this.unsent(packet, number));
        continue;
      }
      if (firstNs < 0) firstNs = packet.atNs;
      const tcp = analysis.packet(frame, number, packet.atNs);
      const context: PacketContext = {
        number,
        relativeNs: packet.atNs - firstNs,
        ...(tcp === undefined ? {} : { tcp }),
      };
      const dissection = dissect(frame, context);
      if (passes !== undefined && !passes(dissection)) continue;
      rows.push({ ...this.way(packet, number, macs), ...packetText(frame, dissection, tcp) });
    }
    const timers = this.timers.read();
    return { hosts: [...this.hosts], rows, timers: passes === undefined ? timers : timersOf(timers, rows) };
  }

  private unsent(packet: Tracked, number: number): LadderRow {
    const [first] = packet.drops;
    const { src = '', dst = '', length = 0 } = first ?? {};
    const text = dst === '' ? `#${packet.id}` : `IP ${src} → ${dst}`;
    const way = this.way(packet, number, new Map());
    return { ...way, from: first?.host, protocol: '', flags: '', length, src, dst, text };
  }

  private way({ id, frame, sights, drops, atNs }: Tracked, number: number, macs: ReadonlyMap<number, string>) {
    const first = sights[0];
    const from = first?.out === true ? first.host : undefined;
    const ident = frame === undefined ? undefined : identOf(frame);
    const { through, arrivals } = stopsOf(sights, from);
    return {
      number,
      packet: id,
      cause: ident?.cause ?? ('origin' as const),
      of: ident?.of ?? 0,
      fromNs: atNs,
      from,
      through,
      arrivals,
      drops: drops.map((drop) => this.place(drop, sights, macs)),
    };
  }

  /** A drop that the link layer reports lies behind the last host that sent the packet, unless that host's card took it in since. */
  private place(event: DropEvent, sights: readonly Sight[], macs: ReadonlyMap<number, string>): Drop {
    const { host, atNs, reason, detail, link } = event;
    const said = { host, atNs, reason, ...(detail === undefined ? {} : { detail }) };
    const column = this.hosts.includes(host);
    const sent = sights.filter((sight) => sight.out && sight.atNs <= atNs && (!column || sight.host === host)).at(-1);
    if (!link || (column && sent === undefined)) return { ...said, onTheWay: false };
    const before = sent === undefined ? undefined : macs.get(sent.mac);
    return {
      ...said,
      onTheWay: true,
      ...(sent === undefined ? {} : { after: sent.host }),
      ...(before === undefined || before === sent?.host ? {} : { before }),
    };
  }
}

/** A host that took a packet in and sent it on is passed through; one that took it in oftener than it sent it on kept a copy. */
function stopsOf(sights: readonly Sight[], from: string | undefined): { through: Stop[]; arrivals: Stop[] } {
  const through: Stop[] = [];
  const kept = new Map<string, Sight[]>();
  for (const sight of sights) {
    const waiting = kept.get(sight.host) ?? [];
    if (!sight.out) kept.set(sight.host, [...waiting, sight]);
    else if (waiting.length > 0) {
      through.push({ host: sight.host, atNs: sight.atNs });
      kept.set(sight.host, waiting.slice(1));
    }
  }
  const arrivals = [...kept.values()].flat().map(({ host, atNs }) => ({ host, atNs }));
  return { through, arrivals: arrivals.filter(({ host }) => host !== from || through.length > 0) };
}
