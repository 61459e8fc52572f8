/** The packets that belong together: what a packet answers, repeats or is part of, and what answers, repeats or is part of it. */
import type { Recording } from '../recording/recording.ts';
import { FirstPlaces } from './first-places.ts';

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
  /** The first frame of each packet. */
  private readonly first: FirstPlaces;
  /** By a packet's first frame: the last one that came of it; by that one: the one before. One more than the frame, 0 for none. */
  private readonly lastResult: Uint32Array;
  private readonly resultBefore: Uint32Array;

  constructor(private readonly recording: Recording) {
    const { packets, of } = recording.frames;
    this.first = new FirstPlaces(packets.length, (frame) => packets[frame]!);
    this.lastResult = new Uint32Array(packets.length);
    this.resultBefore = new Uint32Array(packets.length);
    const made: number[] = [];
    for (let frame = 0; frame < packets.length; frame++)
      if (packets[frame] !== 0 && this.first.add(frame) && of[frame] !== 0) made.push(frame);
    for (const frame of made) {
      const origin = this.first.of(of[frame]!);
      if (origin < 0) continue;
      this.resultBefore[frame] = this.lastResult[origin]!;
      this.lastResult[origin] = frame + 1;
    }
  }

  /** In the order of their making; the packet itself among them. */
  of(packet: number): readonly Related[] {
    const { packets, of } = this.recording.frames;
    const found = new Map<number, Related>();
    const queue = [packet];
    for (const each of queue) {
      const frame = this.first.of(each);
      if (frame < 0 || found.has(each) || found.size === MOST) continue;
      found.set(each, this.related(frame));
      if (of[frame] !== 0) queue.push(of[frame]!);
      const results: number[] = [];
      for (let next = this.lastResult[frame]!; next !== 0; next = this.resultBefore[next - 1]!)
        results.push(packets[next - 1]!);
      queue.push(...results.reverse().slice(0, MOST));
    }
    return [...found.values()].sort((a, b) => a.packet - b.packet);
  }

  private related(frame: number): Related {
    const { frames, causes } = this.recording;
    const cause = causes[frames.cause[frame]!] ?? 'origin';
    return { packet: frames.packets[frame]!, cause, of: frames.of[frame]! };
  }
}
