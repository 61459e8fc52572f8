/** What is on the cables at an instant, for any instant in either direction: read off the recorded hops, never computed from the past. */
import type { Recording } from '../recording/recording.ts';
import { above } from '../timeline/timeline.ts';

export interface Moving {
  /** Index of the hop. */
  readonly hop: number;
  readonly frame: number;
  readonly packet: number;
  readonly cable: number;
  /** From 0 at the cable's `a` to 1 at its `b`. */
  readonly place: number;
  readonly back: boolean;
}

/** A frame that ended on its way, shown for a while. */
export interface Lost extends Moving {
  readonly atNs: number;
  readonly reason: string;
}

export class Motion {
  /** The latest arrival among all hops up to each. */
  private readonly latest: Float64Array;
  /** Hops that ended in a drop, by their end. */
  private readonly lost: Uint32Array;
  private readonly lostAt: Float64Array;

  constructor(private readonly recording: Recording) {
    const { arrivalNs, fate } = recording.hops;
    this.latest = new Float64Array(arrivalNs.length);
    const lost: number[] = [];
    let latest = 0;
    for (let hop = 0; hop < arrivalNs.length; hop++) {
      latest = Math.max(latest, arrivalNs[hop]!);
      this.latest[hop] = latest;
      if (fate[hop] !== 0) lost.push(hop);
    }
    this.lost = Uint32Array.from(lost).sort((a, b) => arrivalNs[a]! - arrivalNs[b]!);
    this.lostAt = Float64Array.from(this.lost, (hop) => arrivalNs[hop]!);
  }

  /** At most `limit` frames that are under way, latest start first. */
  at(atNs: number, limit = 4000): Moving[] {
    const { startNs, arrivalNs } = this.recording.hops;
    const moving: Moving[] = [];
    for (let hop = above(startNs, atNs) - 1; hop >= 0 && moving.length < limit; hop--) {
      // Nothing that started earlier is still under way.
      if (this.latest[hop]! < atNs) break;
      const [start, arrival] = [startNs[hop]!, arrivalNs[hop]!];
      if (arrival < atNs) continue;
      moving.push(this.moving(hop, arrival > start ? (atNs - start) / (arrival - start) : 1));
    }
    return moving;
  }

  /** What was lost in the last so many nanoseconds. */
  lostBefore(atNs: number, withinNs: number): Lost[] {
    const { fate, arrivalNs } = this.recording.hops;
    const found: Lost[] = [];
    for (let i = above(this.lostAt, atNs) - 1; i >= 0 && this.lostAt[i]! >= atNs - withinNs; i--) {
      const hop = this.lost[i]!;
      const reason = this.recording.dropReasons[fate[hop]! - 1] ?? '';
      found.push({ ...this.moving(hop, 1), atNs: arrivalNs[hop]!, reason });
    }
    return found;
  }

  private moving(hop: number, part: number): Moving {
    const { hops, frames } = this.recording;
    const back = hops.back[hop] === 1;
    const frame = hops.frame[hop]!;
    // What is lost at its end is shown a little before it.
    const way = hops.fate[hop] === 0 ? part : Math.min(part, 0.85);
    const place = back ? 1 - way : way;
    return { hop, frame, packet: frames.packets[frame]!, cable: hops.cable[hop]!, place, back };
  }
}
