/**
 * The steps beside the timeline's own: to the next hop of a packet, and to the next moment that is worth a stop, whether the run marked it or the person did.
 */
import type { Bookmarks } from '../bookmarks/bookmarks.ts';
import type { Recording } from '../recording/recording.ts';
import { above, below, type Timeline } from '../timeline/timeline.ts';

/** Where frames leave a card or arrive at one: all of them, or those of some packets only. */
export class Hops {
  private readonly times: Float64Array;

  constructor({ hops, frames }: Recording, packets?: ReadonlySet<number>) {
    const { startNs, arrivalNs, frame } = hops;
    const times: number[] = [];
    for (let i = 0; i < startNs.length; i++)
      if (packets === undefined || packets.has(frames.packets[frame[i]!]!)) times.push(startNs[i]!, arrivalNs[i]!);
    this.times = Float64Array.from(times).sort();
  }

  next(atNs: number): number | undefined {
    return this.times[above(this.times, atNs)];
  }

  previous(atNs: number): number | undefined {
    return this.times[below(this.times, atNs)];
  }
}

/** The next moment that is worth a stop; undefined behind the last one. */
export function nextStop(timeline: Timeline, bookmarks: Bookmarks, atNs: number): number | undefined {
  const marked = bookmarks.find((each) => each.atNs > atNs)?.atNs;
  const own = timeline.nextMark(atNs)?.atNs;
  return marked === undefined || own === undefined ? (marked ?? own) : Math.min(marked, own);
}

export function previousStop(timeline: Timeline, bookmarks: Bookmarks, atNs: number): number | undefined {
  const marked = bookmarks.findLast((each) => each.atNs < atNs)?.atNs;
  const own = timeline.previousMark(atNs)?.atNs;
  return marked === undefined || own === undefined ? (marked ?? own) : Math.max(marked, own);
}
