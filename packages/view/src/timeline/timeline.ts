/**
 * The instants at which something happens in a recorded run, and the few among them that are worth a stop. Two scales place an instant on a slider: time as
 * it is, and event order, in which what happens in a microsecond takes as much room as a second of silence.
 */
import type { CheckResult } from '@netarium/core/check/lab-run.ts';
import type { Values } from '../recording/event-values.ts';
import type { Recording } from '../recording/recording.ts';

export type Scale = 'time' | 'events';

export const MARK_KINDS = ['drop', 'retransmission', 'wait', 'check', 'command', 'story'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export interface Mark {
  readonly atNs: number;
  readonly kind: MarkKind;
  /** Of the recording's events, checks or story lines; -1 where it is none of these. */
  readonly index: number;
}

const RETRANSMISSIONS: ReadonlySet<string> = new Set(['tcp.retransmit', 'tcp.timer']);
const DROPS: ReadonlySet<string> = new Set(['frame.drop', 'ip.drop', 'tcp.drop', 'udp.drop']);
/** Shorter waits for a lock are the rule, not a moment. */
const LONG_WAIT_NS = 1_000_000;

export class Timeline {
  /** Sorted, each once. */
  readonly instants: Float64Array;
  readonly endNs: number;
  /** Made when somebody first asks: of a million events they take as long as the instants. */
  private marked: { readonly marks: readonly Mark[]; readonly times: Float64Array } | undefined;

  constructor(private readonly recording: Recording) {
    this.endNs = recording.endNs;
    this.instants = instantsOf(recording);
  }

  /** Sorted by time. */
  get marks(): readonly Mark[] {
    return this.markTable.marks;
  }

  private get markTable(): { readonly marks: readonly Mark[]; readonly times: Float64Array } {
    if (this.marked === undefined) {
      const marks = marksOf(this.recording);
      this.marked = { marks, times: Float64Array.from(marks, ({ atNs }) => atNs) };
    }
    return this.marked;
  }

  /** The next instant at which something happens; the end where nothing more does. */
  next(atNs: number): number {
    const found = this.instants[above(this.instants, atNs)];
    return found === undefined ? this.endNs : Math.min(found, this.endNs);
  }

  previous(atNs: number): number {
    return this.instants[below(this.instants, atNs)] ?? 0;
  }

  nextMark(atNs: number): Mark | undefined {
    const { marks, times } = this.markTable;
    return marks[above(times, atNs)];
  }

  previousMark(atNs: number): Mark | undefined {
    const { marks, times } = this.markTable;
    return marks[below(times, atNs)];
  }

  /** Where an instant lies between 0 and 1. */
  position(atNs: number, scale: Scale): number {
    if (this.endNs === 0) return 0;
    if (scale === 'time' || this.instants.length === 0) return Math.min(1, Math.max(0, atNs / this.endNs));
    // Also where the last event and the end are one instant.
    if (atNs >= this.endNs) return 1;
    const before = above(this.instants, atNs) - 1;
    if (before < 0) return 0;
    const here = this.instants[before]!;
    const next = this.instants[before + 1] ?? this.endNs;
    const part = next > here ? Math.min(1, (atNs - here) / (next - here)) : 0;
    return Math.min(1, (before + part) / this.instants.length);
  }

  /** The instant at a position, to the nanosecond. */
  at(position: number, scale: Scale): number {
    const bounded = Math.min(1, Math.max(0, position));
    if (scale === 'time' || this.instants.length === 0) return Math.round(bounded * this.endNs);
    const place = bounded * this.instants.length;
    const before = Math.min(this.instants.length - 1, Math.floor(place));
    const here = this.instants[before]!;
    const next = this.instants[before + 1] ?? this.endNs;
    return Math.round(here + (next - here) * Math.min(1, place - before));
  }
}

/** How many of the first `length` indices pass, where those that pass come first. */
export function countWhere(length: number, passes: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first value greater than `value`. */
export function above(sorted: Float64Array, value: number): number {
  return countWhere(sorted.length, (i) => sorted[i]! <= value);
}

/** Index of the last value less than `value`; -1 where there is none. */
export function below(sorted: Float64Array, value: number): number {
  return countWhere(sorted.length, (i) => sorted[i]! < value) - 1;
}

function instantsOf({ hops, sights, events, endNs }: Recording): Float64Array {
  const seen = merged(hops.startNs, sights.atNs);
  const all = merged(merged(seen, hops.arrivalNs.slice().sort()), events.atNs);
  return all.subarray(0, above(all, endNs));
}

/** Both in one, sorted as they are, each instant once. */
function merged(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  let [i, j, count, last] = [0, 0, 0, -1];
  while (i < a.length || j < b.length) {
    const at = j === b.length || a[i]! <= b[j]! ? a[i++]! : b[j++]!;
    if (at !== last) both[count++] = last = at;
  }
  return both.subarray(0, count);
}

/** What somebody typed, or a lab's script in their place: a shell of init's that runs a line. A service's shell gives way to its program at once. */
function isCommand({ text, parent, argv }: Values): boolean {
  return text !== undefined || (parent === 1 && /^sh -c (?!exec )/.test(String(argv)));
}

function marksOf({ events, kinds, lanes, checks, story }: Recording): Mark[] {
  const kindOf = kinds.map((kind): MarkKind | undefined =>
    DROPS.has(kind)
      ? 'drop'
      : RETRANSMISSIONS.has(kind)
        ? 'retransmission'
        : kind === 'thread.deadlock'
          ? 'wait'
          : kind === 'process.start' || kind === 'input'
            ? 'command'
            : undefined,
  );
  const marks: Mark[] = [];
  for (let index = 0; index < events.atNs.length; index++) {
    const kind = kindOf[events.kind[index]!];
    if (kind === 'command' && !isCommand(events.values.at(index))) continue;
    if (kind !== undefined) marks.push({ atNs: events.atNs[index]!, kind, index });
  }
  for (const { stretches } of lanes.lanes)
    for (const { state, fromNs, toNs } of stretches)
      if (state === 'lock' && toNs - fromNs >= LONG_WAIT_NS) marks.push({ atNs: fromNs, kind: 'wait', index: -1 });
  checks.forEach(({ atNs }: CheckResult, index) => {
    if (atNs >= 0) marks.push({ atNs, kind: 'check', index });
  });
  story.forEach(({ atNs }, index) => {
    marks.push({ atNs, kind: 'story', index });
  });
  return marks.sort((a, b) => a.atNs - b.atNs);
}
