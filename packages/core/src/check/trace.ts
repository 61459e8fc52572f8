/**
 * The trace of a run for checks: every frame that a host's card sent or took, by reference (frames are immutable and shared), with the instant and
 * the card. Display filters look at it; each packet also counts once as an *origin*: the first time that its identity was seen.
 */
import type { NetworkCard, Tap } from '../link/card.ts';
import { packetIdOf } from '../link/identity.ts';
import type { Instant } from '../time/instant.ts';
import type { Frame } from '../wire/packet.ts';

export interface TracedFrame {
  readonly number: number;
  readonly frame: Frame;
  readonly card: NetworkCard;
  readonly direction: 'in' | 'out';
  readonly atNs: Instant;
  /** The first sight of this packet's identity. */
  readonly origin: boolean;
}

export class Trace implements Tap {
  readonly frames: TracedFrame[] = [];
  private readonly known = new Set<number>();
  private readonly listeners: ((entry: TracedFrame) => void)[] = [];

  attach(cards: readonly NetworkCard[]): void {
    for (const card of cards) card.addTap(this);
  }

  frame(card: NetworkCard, frame: Frame, direction: 'in' | 'out', at: Instant): void {
    const id = packetIdOf(frame);
    const origin = direction === 'out' && (id === 0 || !this.known.has(id));
    if (origin) this.known.add(id);
    const entry: TracedFrame = { number: this.frames.length + 1, frame, card, direction, atNs: at, origin };
    this.frames.push(entry);
    for (const listener of this.listeners) listener(entry);
  }

  onFrame(listener: (entry: TracedFrame) => void): void {
    this.listeners.push(listener);
  }
}
