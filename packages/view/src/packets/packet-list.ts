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

export class PacketList {
  /** Indices of the sights that it shows. */
  private readonly sights: Uint32Array;
  private readonly analysis = new TcpAnalysis();
  private readonly contexts: PacketContext[] = [];
  private readonly kept = new Map<number, Dissection>();

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
    const { frames, sights } = this.recording;
    return this.sights.findIndex((sight) => frames.packets[sights.frame[sight]!] === packet);
  }

  /** The last row up to an instant; -1 before the first. */
  rowAt(atNs: number): number {
    const { atNs: times } = this.recording.sights;
    let [low, high] = [0, this.sights.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (times[this.sights[middle]!]! <= atNs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
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

  dissection(index: number): Dissection {
    const known = this.kept.get(index);
    if (known !== undefined) return known;
    const made = dissect(this.bytes(index), this.context(index));
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(index, made);
    return made;
  }

  bytes(index: number): Uint8Array {
    return frameBytes(this.recording, this.recording.sights.frame[this.sights[index]!]!);
  }

  private context(index: number): PacketContext {
    const { sights, frames, causes, cards } = this.recording;
    for (let i = this.contexts.length; i <= index; i++) {
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
    return this.contexts[index]!;
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
  readonly rows: number[] = [];
  private looked = 0;

  constructor(
    private readonly list: PacketList,
    private readonly filter: CompiledFilter | undefined,
  ) {}

  get done(): boolean {
    return this.looked === this.list.length;
  }

  /** Looks at up to so many more rows. */
  advance(count: number): void {
    const end = Math.min(this.list.length, this.looked + count);
    for (; this.looked < end; this.looked++)
      if (this.filter === undefined || this.filter.test(this.list.dissection(this.looked))) this.rows.push(this.looked);
  }
}
