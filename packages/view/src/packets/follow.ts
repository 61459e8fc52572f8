/** The packets that belong together: what a packet answers, repeats or is part of, and what answers, repeats or is part of it. */
import type { Recording } from '../recording/recording.ts';

export interface Related {
  readonly packet: number;
  /** How it came about: `reply`, `retransmission`, `fragment` … */
  readonly cause: string;
  /** Of which packet; 0 where it was sent by itself. */
  readonly of: number;
}

/** More than these no panel shows. */
const MOST = 200;

export class Chains {
  private readonly causes = new Map<number, Related>();
  private readonly results = new Map<number, number[]>();

  constructor({ frames, causes }: Recording) {
    for (let i = 0; i < frames.packets.length; i++) {
      const packet = frames.packets[i]!;
      if (packet === 0 || this.causes.has(packet)) continue;
      const of = frames.of[i]!;
      this.causes.set(packet, { packet, cause: causes[frames.cause[i]!] ?? 'origin', of });
      if (of === 0) continue;
      const results = this.results.get(of);
      if (results === undefined) this.results.set(of, [packet]);
      else results.push(packet);
    }
  }

  /** In the order of their making; the packet itself among them. */
  of(packet: number): readonly Related[] {
    const found = new Set<number>();
    const queue = [packet];
    for (const each of queue) {
      if (found.has(each) || found.size === MOST || !this.causes.has(each)) continue;
      found.add(each);
      const { of } = this.causes.get(each)!;
      if (of !== 0) queue.push(of);
      queue.push(...(this.results.get(each) ?? []));
    }
    return [...found].sort((a, b) => a - b).map((each) => this.causes.get(each)!);
  }
}
