/**
 * A schedule: the answers to the choice points of one run, in order. It is what an explorer finds, what `--schedule` replays, and what a regression
 * test keeps.
 */
import type { Task } from '../../os/cpu/task.ts';
import type { Thread } from '../../os/thread.ts';
import type { Choices } from '../../world/world.ts';
import { type Footprint, footprintOf } from './footprint.ts';

/** A choice between threads: whose operation is next. */
export interface ThreadPoint {
  readonly kind: 'thread';
  /** Thread ids, ascending. */
  readonly candidates: readonly number[];
  /** All that want to run, those of lower priorities among them. */
  readonly ready: readonly number[];
  /** What each candidate would do next. */
  readonly footprints: readonly Footprint[];
  /** The operation of each, as text, made when somebody asks. */
  describe(index: number): string;
}

/** A choice of the network: does it happen (0) or not (1)? */
export interface FaultPoint {
  readonly kind: 'fault';
  readonly what: string;
}

export type ChoicePoint = ThreadPoint | FaultPoint;

/** Decides at each choice point; an answer of -1 ends the run, because nothing new can come of it. */
export interface Strategy {
  decide(point: ChoicePoint): number;
}

/** Link faults that an explorer decides; others stay with the seed. */
const FAULTS: ReadonlySet<string> = new Set(['loss', 'duplicate', 'reorder', 'corrupt']);

/** Puts a strategy in the place of the seed. Threads alone at a point are no choice, but the strategy is told of their steps. */
export function choicesOf(strategy: Strategy, onStep: (tid: number, operation: Footprint) => void = () => {}): Choices {
  return {
    schedule: {
      choose(tasks: readonly Task[], ready: readonly Task[]): number {
        const threads = tasks.map((task) => task.owner as Thread);
        const footprints = threads.map((thread) => footprintOf(thread, thread.pending));
        const candidates = tasks.map((task) => task.id);
        const index = strategy.decide({
          kind: 'thread',
          candidates,
          ready: ready === tasks ? candidates : ready.map((task) => task.id),
          footprints,
          describe: (i) => `${threads[i]!.title}: ${threads[i]!.pending ?? 'goes on'}`,
        });
        if (index >= 0) onStep(tasks[index]!.id, footprints[index]!);
        return index;
      },
    },
    chance: {
      answer(kind: string, entity: string, n: number): number | undefined {
        if (!FAULTS.has(kind)) return undefined;
        const answer = strategy.decide({ kind: 'fault', what: `${kind} at ${entity}` });
        return answer === 0 ? 0 : n - 1;
      },
    },
  };
}

/** Replays recorded answers; where they end, or do not fit, the thread that ran last goes on, and nothing is lost. */
export class Replay implements Strategy {
  private at = 0;
  private last = -1;
  /** Answers that named a thread which could not run. */
  misfits = 0;

  constructor(private readonly answers: readonly number[]) {}

  decide(point: ChoicePoint): number {
    const answer = this.answers[this.at++];
    if (point.kind === 'fault') return answer ?? 1;
    let index = answer === undefined ? point.candidates.indexOf(this.last) : point.candidates.indexOf(answer);
    if (answer !== undefined && index < 0) this.misfits++;
    if (index < 0) index = Math.max(0, point.candidates.indexOf(this.last));
    this.last = point.candidates[index]!;
    return index;
  }
}

/** Records what another strategy answers: thread ids, and 0 or 1 for faults. */
export class Recording implements Strategy {
  readonly answers: number[] = [];
  /** One line per step: who did what. */
  readonly lines: string[] = [];

  constructor(
    private readonly inner: Strategy,
    private readonly withText = false,
  ) {}

  decide(point: ChoicePoint): number {
    const index = this.inner.decide(point);
    if (index < 0) return index;
    this.answers.push(point.kind === 'fault' ? index : point.candidates[index]!);
    if (this.withText)
      this.lines.push(point.kind === 'fault' ? `${point.what}: ${index === 0 ? 'yes' : 'no'}` : point.describe(index));
    return index;
  }
}
