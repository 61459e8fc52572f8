/** Real runs that are long: what they show in ladder, lanes and curves no made-up recording has. */
import type { Recording } from '@netarium/view/recording/recording.ts';
import { recordLab } from '../../test/recording/recorded.ts';

/** By what they are much of. */
export const LONG_RUNS = {
  /** Two bulk flows, each with losses: long ladder, long curves, timers that are set with every acknowledgement. */
  packets: () => recordLab('cubic-and-reno', { bytes: 20_000_000 }),
  /** Sixty-four at a time, again and again, on few cores: many lanes. */
  threads: () => recordLab('threads-and-cores', { threads: 64 }),
  /** Nine hundred clients at once: connections, curves, timers. */
  connections: () => recordLab('multiplexing', { clients: 900 }),
} as const satisfies Readonly<Record<string, () => Promise<Recording>>>;

export function sizeOf({ ladder, lanes, plots, events }: Recording): string {
  const curves = [...plots.cwnd, ...plots.rtt, ...plots.goodput, ...plots.queue];
  const counts = {
    packets: ladder.rows.length,
    timers: ladder.timers.length,
    events: events.atNs.length,
    threads: lanes.lanes.length,
    stretches: lanes.lanes.reduce((sum, { stretches }) => sum + stretches.length, 0),
    curves: curves.length,
    points: curves.reduce((sum, { points }) => sum + points.length, 0),
  };
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}
