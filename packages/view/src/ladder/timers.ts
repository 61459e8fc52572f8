/**
 * The timers of TCP connections as bars over time: retransmission, delayed ACK, TIME-WAIT … on the host that owns them. Made while a run goes on, from
 * samples that belong to no digest. A timer that is set again while it runs (a retransmission timer is, with every acknowledgement) stays one bar.
 */
import type { SampleCatalogue, TcpTimer, TimerSlot } from '@netarium/core/record/catalogue.ts';
import type { Recorder } from '@netarium/core/record/recorder.ts';
import type { LadderRow } from './ladder.ts';

export const TIMER_ENDS = ['expired', 'stopped', 'running'] as const;

export interface TimerBar {
  readonly host: string;
  /** The connection: `10.0.1.2:50780`. */
  readonly local: string;
  readonly peer: string;
  readonly slot: TimerSlot;
  readonly timer: TcpTimer;
  readonly fromNs: number;
  /** The last time that it was set, and how often after the first. */
  readonly setNs: number;
  readonly restarts: number;
  /** When it expires, as it was set last. */
  readonly untilNs: number;
  /** It ran so long; as long as it was set for where the run ended before. */
  readonly endNs: number;
  readonly end: (typeof TIMER_ENDS)[number];
}

type Sample = SampleCatalogue['tcp.timer.state'];

interface Setting {
  readonly setNs: number;
  readonly untilNs: number;
}

interface Running {
  readonly host: string;
  readonly sample: Sample;
  readonly timer: TcpTimer;
  readonly fromNs: number;
  /** The last one, and the one of an earlier instant. */
  set: Setting;
  before: Setting | undefined;
  /** Instants at which it was set again. */
  restarts: number;
}

export class TimerLog {
  /** A bar that went on after all leaves its place empty. */
  private readonly bars: (TimerBar | undefined)[] = [];
  /** What ended last, by the same key: with its place among the bars. */
  private readonly ended = new Map<string, { readonly running: Running; readonly place: number }>();
  /** By host, connection and slot. */
  private readonly running = new Map<string, Running>();

  listen(recorder: Recorder): void {
    recorder.on('tcp.timer.state', ({ at, host, values }) => this.note(host, at, values));
  }

  private note(host: string, atNs: number, sample: Sample): void {
    const { socket, slot, timer, untilNs, expired } = sample;
    const key = `${host} ${socket} ${slot}`;
    const running = this.running.get(key);
    if (running !== undefined && running.timer !== timer) this.end(key, running, atNs, expired);
    if (timer === '') return;
    const going = running?.timer === timer ? running : this.resumed(key, timer, atNs);
    const set = { setNs: atNs, untilNs };
    if (going === undefined)
      this.running.set(key, { host, sample, timer, fromNs: atNs, set, before: undefined, restarts: 0 });
    else {
      if (going.set.setNs !== atNs) {
        going.before = going.set;
        going.restarts++;
      }
      going.set = set;
    }
  }

  private end(key: string, running: Running, atNs: number, expired: boolean): void {
    this.running.delete(key);
    // Set and stopped within an instant: nobody waited for it.
    if (atNs === running.fromNs) return;
    if (!expired) this.ended.set(key, { running, place: this.bars.length });
    this.bars.push(barOf(running, atNs, expired ? 'expired' : 'stopped'));
  }

  /** Stopped and set again in the same instant, with another purpose in between at most: it went on. */
  private resumed(key: string, timer: TcpTimer, atNs: number): Running | undefined {
    const last = this.ended.get(key);
    if (last === undefined || last.running.timer !== timer || this.bars[last.place]?.endNs !== atNs) return undefined;
    this.ended.delete(key);
    this.bars[last.place] = undefined;
    this.running.set(key, last.running);
    return last.running;
  }

  /** By their beginnings. */
  read(): readonly TimerBar[] {
    const open = [...this.running.values()].map((running) => barOf(running, running.set.untilNs, 'running'));
    return [...this.bars.filter((bar) => bar !== undefined), ...open].sort((a, b) => a.fromNs - b.fromNs);
  }
}

function barOf(running: Running, endNs: number, end: TimerBar['end']): TimerBar {
  const { host, sample, timer, fromNs, set, before } = running;
  const { local, peer, slot } = sample;
  // Set again in the instant in which it was stopped: that is nobody's wait either.
  const late = set.setNs === endNs && before !== undefined;
  const { setNs, untilNs } = late ? before : set;
  const restarts = running.restarts - (late ? 1 : 0);
  return { host, local, peer, slot, timer, fromNs, setNs, restarts, untilNs, endNs, end };
}

/** Those of the connections that a row belongs to. */
export function timersOf(timers: readonly TimerBar[], rows: readonly LadderRow[]): readonly TimerBar[] {
  const connections = new Set<string>();
  for (const { src, dst, srcPort, dstPort } of rows)
    if (srcPort !== undefined) {
      connections.add(`${src}:${srcPort} ${dst}:${dstPort}`);
      connections.add(`${dst}:${dstPort} ${src}:${srcPort}`);
    }
  return timers.filter(({ local, peer }) => connections.has(`${local} ${peer}`));
}
