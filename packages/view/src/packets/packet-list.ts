/**
 * The packet list of a recording: what one card saw, or every packet once where it was made. Rows are dissected when somebody looks; what a conversation
 * needs to know of earlier segments is worked out in order, as far as rows were asked for.
 */
import { TcpAnalysis } from '@netarium/core/check/analysis.ts';
import type { PacketContext } from '@netarium/core/wire/dissector.ts';
import { type CompiledFilter, compileFilter } from '@netarium/core/wire/filter/filter.ts';
import { HeaderPacket, needsConversation } from '@netarium/core/wire/filter/header-packet.ts';
import { type Dissection, dissect } from '@netarium/core/wire/tree.ts';
import type { Language } from '../language.ts';
import { frameBytes, type Recording } from '../recording/recording.ts';
import { countWhere } from '../timeline/timeline.ts';
import { filterProblem } from './filter-problem.ts';
import { FirstPlaces } from './first-places.ts';
import { halfWidth } from './half-width.ts';
import { TcpContexts } from './tcp-contexts.ts';

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

/** Which sights a list shows, and where it shows a packet first. */
interface Shown {
  readonly sights: Uint32Array;
  readonly first: FirstPlaces;
}

export class PacketList {
  private readonly analysis = new TcpAnalysis();
  private readonly kept = new Map<number, Dissection>();
  /** Made when somebody first looks: a long list takes a while. */
  private shown: Shown | undefined;
  private contexts: TcpContexts | undefined;

  /** `card` by its full name; every packet once without one. */
  constructor(
    private readonly recording: Recording,
    private readonly card?: string,
  ) {}

  private get sights(): Uint32Array {
    this.shown ??= shownOf(this.recording, this.card);
    return this.shown.sights;
  }

  private get conversations(): TcpContexts {
    this.contexts ??= new TcpContexts(this.length);
    return this.contexts;
  }

  get length(): number {
    return this.sights.length;
  }

  /** The row that shows a packet first; -1 where none does. */
  rowOf(packet: number): number {
    const { sights } = this;
    const sight = this.shown!.first.of(packet);
    return sight < 0 ? -1 : countWhere(sights.length, (row) => sights[row]! < sight);
  }

  /** The last row up to an instant; -1 before the first. */
  rowAt(atNs: number): number {
    const { atNs: times } = this.recording.sights;
    return countWhere(this.sights.length, (row) => times[this.sights[row]!]! <= atNs) - 1;
  }

  row(index: number, dissected = this.dissection(index)): PacketRow {
    const { recording } = this;
    const sight = this.sights[index]!;
    const frame = recording.sights.frame[sight]!;
    const { source, destination, protocol, info } = dissected;
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
      findings: this.conversations.at(index)?.findings ?? [],
    };
  }

  /** Rows whose conversations are known, counted from the first; those beyond are shown as a frame alone is. */
  get known(): number {
    return this.conversations.length;
  }

  get analysed(): boolean {
    return this.known === this.length;
  }

  /** Works out the conversations of up to so many more rows. */
  analyse(count: number): void {
    this.analyseTo(Math.min(this.length, this.known + count));
  }

  dissection(index: number): Dissection {
    const known = this.kept.get(index);
    if (known !== undefined) return known;
    if (index < this.known + AHEAD) this.analyseTo(index + 1);
    const made = dissect(this.bytes(index), this.context(index));
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(index, made);
    return made;
  }

  /** The same for who goes through the whole list: nothing is kept, and no conversation worked out. */
  passing(index: number): Dissection {
    return this.kept.get(index) ?? dissect(this.bytes(index), this.context(index));
  }

  bytes(index: number): Uint8Array {
    return frameBytes(this.recording, this.recording.sights.frame[this.sights[index]!]!);
  }

  /** What is known of a row beside its bytes. */
  context(index: number): PacketContext {
    const { sights, cards } = this.recording;
    const at = (row: number): number => sights.atNs[this.sights[row]!]!;
    const tcp = this.conversations.at(index);
    return {
      number: index + 1,
      relativeNs: at(index) - at(0),
      deltaNs: index === 0 ? 0 : at(index) - at(index - 1),
      interfaceName: cards[sights.card[this.sights[index]!]!]!.name,
      ...(tcp === undefined ? {} : { tcp }),
    };
  }

  private analyseTo(end: number): void {
    const { sights } = this.recording;
    for (let i = this.known; i < end; i++) {
      // What was looked at before its conversation was known is looked at again.
      this.kept.delete(i);
      const sight = this.sights[i]!;
      this.conversations.push(this.analysis.bytes(this.bytes(i), i + 1, sights.atNs[sight]!));
    }
  }
}

function shownOf({ sights, frames, cards }: Recording, card: string | undefined): Shown {
  const number = card === undefined ? -1 : cards.findIndex(({ name }) => name === card);
  const packetOf = (sight: number): number => frames.packets[sights.frame[sight]!]!;
  const first = new FirstPlaces(sights.atNs.length, packetOf);
  const shown: number[] = [];
  for (let sight = 0; sight < sights.atNs.length; sight++) {
    if (card === undefined ? sights.out[sight] !== 1 : sights.card[sight] !== number) continue;
    // Bytes that are nobody's packet are each shown.
    const again = !first.add(sight) && packetOf(sight) !== 0;
    if (card !== undefined || !again) shown.push(sight);
  }
  return { sights: Uint32Array.from(shown), first };
}

/** A filter, or what is wrong with it and where, in a language. */
export function filterOf(
  typed: string,
  language: Language = 'en',
): CompiledFilter | { readonly ok: false; readonly problem: string } {
  const text = halfWidth(typed);
  const compiled = compileFilter(text);
  return compiled.ok ? compiled : { ok: false, problem: filterProblem(text, compiled.error, language) };
}

/**
 * Rows that pass a filter, found bit by bit: the first of a million are there before the last was looked at. Headers answer for themselves; rows are dissected
 * only for what those do not say, and conversations worked out only for filters that ask about them.
 */
export class FilteredRows {
  private readonly found: number[] = [];
  private readonly packet: HeaderPacket;
  private readonly asksConversations: boolean;
  /** Rows that were looked at. */
  private looked = 0;

  constructor(
    private readonly list: PacketList,
    private readonly filter: CompiledFilter | undefined,
  ) {
    this.packet = new HeaderPacket({
      context: () => list.context(this.looked),
      dissect: () => list.passing(this.looked),
    });
    this.asksConversations = filter !== undefined && [...filter.fields].some(needsConversation);
  }

  get done(): boolean {
    return this.filter === undefined || this.looked === this.list.length;
  }

  /** The part of the list that was looked at: 1 when it is done. */
  get part(): number {
    return this.done ? 1 : this.looked / this.list.length;
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
    const { filter, list } = this;
    if (filter === undefined) return;
    const end = Math.min(list.length, this.looked + count);
    if (this.asksConversations) list.analyse(end - list.known);
    for (; this.looked < end; this.looked++)
      if (filter.holds(this.packet.take(list.bytes(this.looked)))) this.found.push(this.looked);
  }
}
