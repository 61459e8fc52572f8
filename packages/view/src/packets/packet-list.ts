/**
 * The packet list of a recording: what one card saw, or every packet once where it was made. Rows are dissected when somebody looks; what a conversation
 * needs to know of earlier segments is worked out in order, as far as rows were asked for.
 */
import { TcpAnalysis } from '@netarium/core/check/analysis.ts';
import { decodeFrame } from '@netarium/core/wire/codec.ts';
import type { PacketContext } from '@netarium/core/wire/dissector.ts';
import { type CompiledFilter, compileFilter, filterErrorText } from '@netarium/core/wire/filter/filter.ts';
import type { CauseKind, PacketId } from '@netarium/core/wire/packet.ts';
import { type Dissection, dissect } from '@netarium/core/wire/tree.ts';
import { frameBytes, type Recording } from '../recording/recording.ts';
import { countWhere } from '../timeline/timeline.ts';

export interface PacketRow {
  /** From 1. */
  readonly number: number;
  readonly atNs: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Of the whole frame, kept or not. */
  readonly length: number;
  readonly info: string;
  /** The card that saw it. */
  readonly where: string;
  /** Of the recording. */
  readonly frame: number;
  readonly packet: number;
  /** Marked by Wireshark's analysis: retransmission, duplicate ACK …; empty for most. */
  readonly findings: readonly string[];
}

/** Kept dissections: those in and around what is on the screen. */
const KEPT = 2000;
/** A row so far behind what is known waits for it; one further on is shown without. */
const AHEAD = 1000;

export class PacketList {
  /** Indices of the sights that it shows. */
  private readonly sights: Uint32Array;
  private readonly analysis = new TcpAnalysis();
  private readonly contexts: PacketContext[] = [];
  private readonly kept = new Map<number, Dissection>();
  /** What was asked last: a page asks the same at every frame. */
  private asked = { packet: -1, row: -1 };

  /** `card` by its full name; every packet once without one. */
  constructor(
    private readonly recording: Recording,
    card?: string,
  ) {
    this.sights = card === undefined ? origins(recording) : ofCard(recording, card);
  }

  get length(): number {
    return this.sights.length;
  }

  /** The row that shows a packet first; -1 where none does. */
  rowOf(packet: number): number {
    if (this.asked.packet === packet) return this.asked.row;
    const { frames, sights } = this.recording;
    const row = this.sights.findIndex((sight) => frames.packets[sights.frame[sight]!] === packet);
    this.asked = { packet, row };
    return row;
  }

  /** The last row up to an instant; -1 before the first. */
  rowAt(atNs: number): number {
    const { atNs: times } = this.recording.sights;
    return countWhere(this.sights.length, (row) => times[this.sights[row]!]! <= atNs) - 1;
  }

  row(index: number): PacketRow {
    const { recording } = this;
    const sight = this.sights[index]!;
    const frame = recording.sights.frame[sight]!;
    const { source, destination, protocol, info } = this.dissection(index);
    return {
      number: index + 1,
      atNs: recording.sights.atNs[sight]!,
      source,
      destination,
      protocol,
      length: recording.frames.lengths[frame]!,
      info,
      where: recording.cards[recording.sights.card[sight]!]!.name,
      frame,
      packet: recording.frames.packets[frame]!,
      findings: this.contexts[index]?.tcp?.findings ?? [],
    };
  }

  /** Every row's conversation is known: rows beyond what is known are shown as a frame alone is. */
  get analysed(): boolean {
    return this.contexts.length === this.length;
  }

  /** Works out the conversations of up to so many more rows. */
  analyse(count: number): void {
    this.analyseTo(Math.min(this.length, this.contexts.length + count));
  }

  dissection(index: number): Dissection {
    const known = this.kept.get(index);
    if (known !== undefined) return known;
    const made = dissect(this.bytes(index), this.context(index));
    if (index >= this.contexts.length) return made;
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(index, made);
    return made;
  }

  bytes(index: number): Uint8Array {
    return frameBytes(this.recording, this.recording.sights.frame[this.sights[index]!]!);
  }

  private context(index: number): PacketContext {
    if (index < this.contexts.length + AHEAD) this.analyseTo(index + 1);
    return this.contexts[index] ?? { number: index + 1 };
  }

  private analyseTo(end: number): void {
    const { sights, frames, causes, cards } = this.recording;
    for (let i = this.contexts.length; i < end; i++) {
      const sight = this.sights[i]!;
      const frame = sights.frame[sight]!;
      const atNs = sights.atNs[sight]!;
      const cause = (causes[frames.cause[frame]!] ?? 'origin') as CauseKind;
      const ident = { id: frames.packets[frame]!, cause, of: frames.of[frame]! } as PacketId;
      const tcp = this.analysis.packet(decodeFrame(this.bytes(i), ident), i + 1, atNs);
      this.contexts.push({
        number: i + 1,
        relativeNs: atNs - sights.atNs[this.sights[0]!]!,
        deltaNs: i === 0 ? 0 : atNs - sights.atNs[this.sights[i - 1]!]!,
        interfaceName: cards[sights.card[sight]!]!.name,
        ...(tcp === undefined ? {} : { tcp }),
      });
    }
  }
}

function origins({ sights, frames }: Recording): Uint32Array {
  const known = new Set<number>();
  const found: number[] = [];
  for (let i = 0; i < sights.atNs.length; i++) {
    const packet = frames.packets[sights.frame[i]!]!;
    if (sights.out[i] !== 1 || (packet !== 0 && known.has(packet))) continue;
    known.add(packet);
    found.push(i);
  }
  return Uint32Array.from(found);
}

function ofCard({ sights, cards }: Recording, card: string): Uint32Array {
  const number = cards.findIndex(({ name }) => name === card);
  return Uint32Array.from([...sights.card.keys()].filter((i) => sights.card[i] === number));
}

/** A filter, or what is wrong with it and where. */
export function filterOf(text: string): CompiledFilter | { readonly ok: false; readonly problem: string } {
  const compiled = compileFilter(text);
  return compiled.ok ? compiled : { ok: false, problem: filterErrorText(text, compiled.error) };
}

/** Rows that pass a filter, found bit by bit: the first of a million are there before the last was looked at. */
export class FilteredRows {
  private readonly found: number[] = [];
  private looked = 0;

  constructor(
    private readonly list: PacketList,
    private readonly filter: CompiledFilter | undefined,
  ) {}

  get done(): boolean {
    return this.filter === undefined || this.looked === this.list.length;
  }

  /** Found so far; without a filter that is all. */
  get length(): number {
    return this.filter === undefined ? this.list.length : this.found.length;
  }

  /** The list's row at a place. */
  at(place: number): number {
    return this.filter === undefined ? place : this.found[place]!;
  }

  /** The last place whose row is not after that one; -1 where there is none. */
  upTo(row: number): number {
    return countWhere(this.length, (place) => this.at(place) <= row) - 1;
  }

  /** Where a row stands; -1 where it was not found. */
  placeOf(row: number): number {
    const place = this.upTo(row);
    return place >= 0 && this.at(place) === row ? place : -1;
  }

  /** Looks at up to so many more rows. */
  advance(count: number): void {
    if (this.filter === undefined) return;
    const end = Math.min(this.list.length, this.looked + count);
    for (; this.looked < end; this.looked++)
      if (this.filter.test(this.list.dissection(this.looked))) this.found.push(this.looked);
  }
}
