/**
 * Where each thread of a recorded run is in its program at any instant, in either direction: the line of the call that it makes, the functions that wait for it,
 * and what its event loop holds. A thread's code takes no time but in calls, so its current line is always that of its last call.
 */
import { type Lane, type LaneState, stretchAt } from '../lanes/lanes.ts';
import type { Recording } from '../recording/recording.ts';
import { countWhere } from '../timeline/timeline.ts';
import type { RecordedQueues, SourceFrame } from './program-source.ts';
import type { ThreadChoice } from './thread-choice.ts';

/** A thread, or one of its coroutines, at an instant. */
export interface SourceLook {
  readonly place: number;
  readonly coroutine: string;
  /** The same as long as thread and stack are. */
  readonly key: string;
  /** The call that it makes is the n-th of the thread; 0 before the first. */
  readonly call: number;
  readonly calls: number;
  /** Frames, the innermost first; empty where it has not begun, or has ended. */
  readonly stack: readonly SourceFrame[];
  /** The one among them that says most: a lab's own program before what it stands on. -1 where there is none. */
  readonly focus: number;
  readonly queues: RecordedQueues | undefined;
}

/** Who else is on a line. */
export interface Marker {
  readonly place: number;
  /** What tells the thread from others of its process, or the coroutine's name. */
  readonly name: string;
  /** A coroutine that stands still has none. */
  readonly state: LaneState | undefined;
}

/** What programs stand on: a learner looks at it last. */
const BENEATH = /^(userland\/src\/(runtimes|lib)|labs\/src\/lib)\//;
const HOUSE = /^userland\//;

/** How far a thread is at an instant. */
interface Progress {
  /** So many calls it has made. */
  readonly made: number;
  /** The last of them, as long as the thread is there. */
  readonly call: number | undefined;
}

export class SourceView {
  /** Places of the threads that made calls. */
  readonly places: readonly number[];
  /** Calls of each lane, in the order of time. */
  private readonly byLane: readonly Uint32Array[];

  constructor(private readonly recording: Pick<Recording, 'lanes' | 'source' | 'calls'>) {
    const { calls, lanes } = recording;
    const counts = new Uint32Array(lanes.lanes.length);
    for (const lane of calls.lane) counts[lane]!++;
    const byLane = Array.from(counts, (count) => new Uint32Array(count));
    counts.fill(0);
    for (const [call, lane] of calls.lane.entries()) byLane[lane]![counts[lane]!++] = call;
    this.byLane = byLane;
    this.places = [...byLane.keys()].filter((place) => byLane[place]!.length > 0);
  }

  /** Nobody asked for the lines of this run. */
  get empty(): boolean {
    return this.recording.source.frames.length === 0;
  }

  /** The instant of the next call of a thread, of anybody for -1; undefined where there is none. */
  next(place: number, atNs: number): number | undefined {
    const { times, count } = this.timesOf(place);
    const at = countWhere(count, (i) => times(i) <= atNs);
    return at < count ? times(at) : undefined;
  }

  previous(place: number, atNs: number): number | undefined {
    const { times, count } = this.timesOf(place);
    const at = countWhere(count, (i) => times(i) < atNs) - 1;
    return at >= 0 ? times(at) : undefined;
  }

  private timesOf(place: number): { readonly count: number; times(i: number): number } {
    const { fromNs } = this.recording.calls;
    const own = this.byLane[place];
    if (own === undefined) return { count: fromNs.length, times: (i) => fromNs[i]! };
    return { count: own.length, times: (i) => fromNs[own[i]!]! };
  }

  /** The lane of who is looked at. */
  placeOf({ place }: ThreadChoice, atNs: number): number {
    return place < 0 ? this.actor(atNs) : place;
  }

  look(choice: ThreadChoice, atNs: number): SourceLook {
    const { coroutine } = choice;
    const place = this.placeOf(choice, atNs);
    const { made, call } = this.progress(place, atNs);
    const queues = this.queuesAt(call);
    const standing = queues?.coroutines.first.find(({ name }) => name === coroutine);
    const onItsOwn = coroutine === '' || coroutine === queues?.running;
    const number = standing?.stack ?? (onItsOwn ? this.stackAt(call) : 0);
    const stack = this.framesOf(number);
    const key = `${place} ${number} ${coroutine}`;
    const calls = this.byLane[place]?.length ?? 0;
    return { place, coroutine, key, call: made, calls, stack, focus: this.focusOf(stack), queues };
  }

  /** The lane that made the last call, of those that are there; where nobody is, or nobody has made one, whoever is the next to do so or was the last. */
  private actor(atNs: number): number {
    const { calls, lanes } = this.recording;
    const last = lanes.lanes.reduce((found, _, place) => Math.max(found, this.progress(place, atNs).call ?? -1), -1);
    if (last >= 0) return calls.lane[last]!;
    const next = countWhere(calls.fromNs.length, (i) => calls.fromNs[i]! <= atNs);
    return calls.lane[next] ?? calls.lane[next - 1] ?? 0;
  }

  private progress(place: number, atNs: number): Progress {
    const { calls, lanes } = this.recording;
    const own = this.byLane[place] ?? [];
    const made = countWhere(own.length, (i) => calls.fromNs[own[i]!]! <= atNs);
    return { made, call: isThere(lanes.lanes[place], atNs) ? own[made - 1] : undefined };
  }

  /** Number of the stack that a call was made from; 0, the empty one, where there is none. */
  private stackAt(call: number | undefined): number {
    return call === undefined ? 0 : this.recording.calls.stack[call]!;
  }

  private queuesAt(call: number | undefined): RecordedQueues | undefined {
    return call === undefined ? undefined : this.recording.source.queues[this.recording.calls.queues[call]! - 1];
  }

  private framesOf(stack: number): readonly SourceFrame[] {
    const { stacks, frames } = this.recording.source;
    return (stacks[stack] ?? []).map((frame) => frames[frame]!);
  }

  fileName({ file }: SourceFrame): string {
    return this.recording.source.files[file]!.name;
  }

  /** What tells it from others in a list: its folder and its name. */
  shortFileName(frame: SourceFrame): string {
    return this.fileName(frame).split('/').slice(-2).join('/');
  }

  isBeneath(frame: SourceFrame): boolean {
    return BENEATH.test(this.fileName(frame));
  }

  private focusOf(stack: readonly SourceFrame[]): number {
    const own = stack.findIndex((frame) => !this.isBeneath(frame) && !HOUSE.test(this.fileName(frame)));
    if (own >= 0) return own;
    const program = stack.findIndex((frame) => !this.isBeneath(frame));
    return Math.max(program, Math.min(0, stack.length - 1));
  }

  /** Everybody whose innermost frame of a file is at a line of it: threads, and coroutines of the thread that is looked at. */
  markers(
    file: number,
    { place, coroutine, queues }: SourceLook,
    atNs: number,
  ): ReadonlyMap<number, readonly Marker[]> {
    const markers = new Map<number, Marker[]>();
    const mark = (stack: number, marker: Marker): void => {
      const line = this.framesOf(stack).find((frame) => frame.file === file)?.line;
      if (line === undefined) return;
      const there = markers.get(line);
      if (there === undefined) markers.set(line, [marker]);
      else there.push(marker);
    };
    for (const [other, lane] of this.recording.lanes.lanes.entries()) {
      if (other === place && coroutine === '') continue;
      const stack = this.stackAt(this.progress(other, atNs).call);
      mark(stack, { place: other, name: shortName(lane), state: stretchAt(lane, atNs)?.state });
    }
    for (const { name, stack } of queues?.coroutines.first ?? [])
      if (name !== coroutine) mark(stack, { place, name, state: undefined });
    return markers;
  }
}

/** A process that has ended has no line any more, though it may be a zombie. */
function isThere(lane: Lane | undefined, atNs: number): boolean {
  return lane !== undefined && (lane.endedNs < 0 || atNs < lane.endedNs);
}

/** `14 eater` of `laptop python[12/14 eater]`; of a process's first thread the process: `python[12]`. */
function shortName({ name, host }: Lane): string {
  return /\/(.+)\]$/.exec(name)?.[1] ?? name.slice(host.length + 1);
}
