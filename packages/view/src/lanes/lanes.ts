/** Lanes: one per thread, cut into stretches of one state each, with what was waited for. The model behind the drawing and the export. */
import type { Span } from '../timeline/axis.ts';
import { countWhere } from '../timeline/timeline.ts';

/**
 * What a thread does: `running` on a core; `ready`, it wants one; `interpreter`, it waits for the interpreter lock; `lock`, for a lock, a condition or a
 * thread's end; `sleep`, for a time; `io`, in any other call. `zombie`: its process has ended, and its parent has not waited for it yet.
 */
export const LANE_STATES = ['running', 'ready', 'interpreter', 'lock', 'sleep', 'io', 'zombie'] as const;
export type LaneState = (typeof LANE_STATES)[number];

/** So that nothing depends on colour. */
export const LANE_LETTERS: Readonly<Record<LaneState, string>> = {
  running: 'R',
  ready: 'r',
  interpreter: 'G',
  lock: 'L',
  sleep: 'S',
  io: 'I',
  zombie: 'Z',
};

export interface Stretch {
  readonly fromNs: number;
  readonly toNs: number;
  readonly state: LaneState;
  /** The core, while it runs; else -1. */
  readonly core: number;
  /** The call that it waits in: `mutex_lock(1)`; of a zombie the one that it waits for. */
  readonly waits: string;
  /** Thread ids that could end the wait. */
  readonly holders: readonly number[];
  /** The wait's time limit; -1 where there is none. */
  readonly untilNs: number;
}

export interface Lane {
  readonly host: string;
  readonly pid: number;
  readonly tid: number;
  /** `laptop python[12]`, `laptop python[12/14 eater]`. */
  readonly name: string;
  readonly stretches: readonly Stretch[];
  /** The thread ended then; -1 where it had not. */
  readonly endedNs: number;
}

export interface Deadlock {
  readonly atNs: number;
  readonly host: string;
  readonly circle: string;
}

export interface Lanes {
  readonly fromNs: number;
  readonly toNs: number;
  readonly lanes: readonly Lane[];
  readonly deadlocks: readonly Deadlock[];
}

export interface LaneTotals {
  readonly lane: Lane;
  /** Nanoseconds per state. */
  readonly ns: Readonly<Record<LaneState, number>>;
  /** How often it got a core. */
  readonly turns: number;
}

export interface LockTotals {
  /** `laptop mutex_lock(1)`. */
  readonly lock: string;
  readonly waits: number;
  readonly waitedNs: number;
  readonly longestNs: number;
}

function nothing(): Record<LaneState, number> {
  return { running: 0, ready: 0, interpreter: 0, lock: 0, sleep: 0, io: 0, zombie: 0 };
}

export function totalsOf(lane: Lane): LaneTotals {
  const ns = nothing();
  let turns = 0;
  for (const { state, fromNs, toNs } of lane.stretches) {
    ns[state] += toNs - fromNs;
    if (state === 'running') turns++;
  }
  return { lane, ns, turns };
}

/** Waits for locks, by the call that waited; the longest first. */
export function lockTotals({ lanes }: Lanes): readonly LockTotals[] {
  const totals = new Map<string, { waits: number; waitedNs: number; longestNs: number }>();
  for (const { host, pid, stretches } of lanes) {
    for (const { state, waits, fromNs, toNs } of stretches) {
      if (state !== 'lock') continue;
      const key = `${host}[${pid}] ${waits}`;
      const entry = totals.get(key) ?? { waits: 0, waitedNs: 0, longestNs: 0 };
      entry.waits++;
      entry.waitedNs += toNs - fromNs;
      entry.longestNs = Math.max(entry.longestNs, toNs - fromNs);
      totals.set(key, entry);
    }
  }
  return [...totals]
    .map(([lock, entry]) => ({ lock, ...entry }))
    .sort((a, b) => b.waitedNs - a.waitedNs || (a.lock < b.lock ? -1 : 1));
}

/** How many cores were in use at the same instant: the sum of running time over the time in which at least one ran. */
export function overlapOf({ lanes }: Lanes): { readonly runningNs: number; readonly busyNs: number } {
  const edges = lanes
    .flatMap(({ stretches }) => stretches.filter(({ state }) => state === 'running'))
    .flatMap(({ fromNs, toNs }) => [
      [fromNs, 1],
      [toNs, -1],
    ])
    .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  let running = 0;
  let runningNs = 0;
  let busyNs = 0;
  let last = 0;
  for (const [at, change] of edges) {
    runningNs += running * (at! - last);
    if (running > 0) busyNs += at! - last;
    last = at!;
    running += change!;
  }
  return { runningNs, busyNs };
}

/** What a thread does at an instant. */
export function stretchAt({ stretches }: Lane, atNs: number): Stretch | undefined {
  const stretch = stretches[countWhere(stretches.length, (i) => stretches[i]!.fromNs <= atNs) - 1];
  return stretch !== undefined && atNs < stretch.toNs ? stretch : undefined;
}

/** What lies between two instants, cut there; every lane stays. */
export function between({ lanes, deadlocks }: Lanes, { fromNs, toNs }: Span): Lanes {
  const cut = lanes.map((lane) => {
    const { stretches } = lane;
    const first = countWhere(stretches.length, (i) => stretches[i]!.toNs <= fromNs);
    const end = countWhere(stretches.length, (i) => stretches[i]!.fromNs < toNs);
    const inside = stretches.slice(first, end).map((stretch) => ({
      ...stretch,
      fromNs: Math.max(fromNs, stretch.fromNs),
      toNs: Math.min(toNs, stretch.toNs),
    }));
    return { ...lane, stretches: inside };
  });
  return { fromNs, toNs, lanes: cut, deadlocks: deadlocks.filter(({ atNs }) => atNs >= fromNs && atNs <= toNs) };
}

/** More lanes than these nobody looks through. */
const LANES_MOST = 100;

export interface ShownLanes {
  /** Places among the lanes. */
  readonly places: readonly number[];
  /** So many more have something in the part of the run. */
  readonly leftOut: number;
}

/** All lanes, as long as they are few; else the first of those that have something in a part of the run. */
export function lanesIn({ lanes }: Lanes, { fromNs, toNs }: Span): ShownLanes {
  const places = [...lanes.keys()];
  if (places.length <= LANES_MOST) return { places, leftOut: 0 };
  const living = places.filter((place) => {
    const { stretches } = lanes[place]!;
    const next = stretches[countWhere(stretches.length, (i) => stretches[i]!.toNs <= fromNs)];
    return next !== undefined && next.fromNs < toNs;
  });
  return { places: living.slice(0, LANES_MOST), leftOut: Math.max(0, living.length - LANES_MOST) };
}

/** A wait that a thread is in, and a thread that could end it. Both by their places among the lanes. */
export interface Flow {
  readonly waiter: number;
  readonly holder: number;
  readonly stretch: Stretch;
}

/** Who waits for whom at an instant. */
export function flowsAt(all: Lanes, atNs: number): readonly Flow[] {
  const { lanes } = all;
  return lanes.flatMap((lane, waiter) => {
    const stretch = stretchAt(lane, atNs);
    if (stretch === undefined) return [];
    return stretch.holders.flatMap((tid) => {
      const holder = placeOf(all, lane.host, tid, atNs);
      return holder < 0 || stretchAt(lanes[holder]!, atNs) === undefined ? [] : [{ waiter, holder, stretch }];
    });
  });
}

/** The place of a thread's lane. Its id is its host's, and is given again when the thread is gone: the latest that had begun by then; -1 where none is shown. */
function placeOf({ lanes, toNs }: Lanes, host: string, tid: number, atNs: number): number {
  return lanes.findLastIndex(
    (lane) => lane.host === host && lane.tid === tid && (lane.stretches[0]?.fromNs ?? toNs) <= atNs,
  );
}

/** Where the arrow from a wait ends: the next release of what somebody waits for now; or, backwards, where the latest of these waits began. */
export function flowEnd(lanes: Lanes, atNs: number, forward: boolean): number | undefined {
  const ends = flowsAt(lanes, atNs)
    .map(({ stretch }) => (forward ? stretch.toNs : stretch.fromNs))
    .filter((each) => each !== atNs);
  if (ends.length === 0) return undefined;
  return ends.reduce((found, each) => (each < found === forward ? each : found));
}

/** The longest wait for a lock, a condition or a thread's end; undefined where nobody waited. */
export function longestWait({ lanes }: Lanes): { readonly lane: Lane; readonly stretch: Stretch } | undefined {
  let found: { lane: Lane; stretch: Stretch } | undefined;
  for (const lane of lanes)
    for (const stretch of lane.stretches) {
      if (stretch.state !== 'lock') continue;
      if (found === undefined || stretch.toNs - stretch.fromNs > found.stretch.toNs - found.stretch.fromNs)
        found = { lane, stretch };
    }
  return found;
}

/** Whole percents of all lanes' time together. */
export function sharesOf(totals: readonly LaneTotals[]): Readonly<Record<LaneState, number>> {
  const sums = nothing();
  for (const { ns } of totals) for (const state of LANE_STATES) sums[state] += ns[state];
  const all = LANE_STATES.reduce((sum, state) => sum + sums[state], 0);
  for (const state of LANE_STATES) sums[state] = Math.round((100 * sums[state]) / Math.max(1, all));
  return sums;
}

/** What a wait is for, and who could end it: `mutex_lock(1) ← 14 wusir`; empty where nothing is waited for. */
export function waitText(lanes: Lanes, lane: Lane, stretch: Stretch): string {
  const names = holderNames(lanes, lane, stretch);
  return names === '' ? stretch.waits : `${stretch.waits} ← ${names}`;
}

/** Threads that could end a wait, each by what tells it from the others of its process: `13, 14 wusir`. */
export function holderNames(all: Lanes, { host }: Lane, { holders, fromNs }: Stretch): string {
  const names = holders.map((tid) => {
    const name = all.lanes[placeOf(all, host, tid, fromNs)]?.name ?? '';
    const [, own = String(tid)] = /\[\d+\/(.+)\]$/.exec(name) ?? [];
    return own;
  });
  return names.join(', ');
}
