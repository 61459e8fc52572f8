/**
 * Which timers run on a machine at an instant, for any instant in either direction. Some run for a whole connection, most for a round trip: so from time to
 * time it is written down which ones run, and an instant is a look at that and at the few that began since.
 */
import { countWhere } from '../timeline/timeline.ts';
import type { TimerBar } from './timers.ts';

export interface RunningTimer {
  readonly bar: TimerBar;
  /** Its place among all. */
  readonly index: number;
}

/** Beginnings from one list of running timers to the next. */
const APART = 128;

interface OfHost {
  readonly timers: RunningTimer[];
  /** Those that run when every so-manieth begins. */
  readonly running: (readonly RunningTimer[])[];
}

export class RunningTimers {
  private readonly hosts = new Map<string, OfHost>();

  /** Bars by their beginnings. */
  constructor(bars: readonly TimerBar[]) {
    for (const [index, bar] of bars.entries()) {
      let own = this.hosts.get(bar.host);
      if (own === undefined) this.hosts.set(bar.host, (own = { timers: [], running: [] }));
      const { timers, running } = own;
      if (timers.length % APART === 0) {
        const before = [...(running.at(-1) ?? []), ...timers.slice(-APART)];
        running.push(before.filter((each) => each.bar.endNs > bar.fromNs));
      }
      timers.push({ bar, index });
    }
  }

  /** By their beginnings. */
  at(host: string, atNs: number): readonly RunningTimer[] {
    const own = this.hosts.get(host);
    if (own === undefined) return [];
    const { timers, running } = own;
    const begun = countWhere(timers.length, (i) => timers[i]!.bar.fromNs <= atNs);
    if (begun === 0) return [];
    const list = Math.floor((begun - 1) / APART);
    const some = [...running[list]!, ...timers.slice(list * APART, begun)];
    return some.filter(({ bar }) => atNs < bar.endNs);
  }
}
