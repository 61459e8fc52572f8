/**
 * Two ways to look for a bad schedule without looking at all of them: a fair draw at every choice point, and PCT (Burckhardt et al., "A randomized
 * scheduler with probabilistic guarantees of finding bugs", 2010): random priorities, the highest runs, and at d - 1 random steps the running
 * thread falls to the bottom, which finds a bug of depth d with a probability of at least 1 / (n k^(d-1)).
 */
import type { Stream } from '../../random/random.ts';
import type { ChoicePoint, Strategy } from './schedule.ts';

/** At most so many link faults happen in one run; each with a chance of one in eight. */
class Faults {
  private left: number;

  constructor(
    private readonly stream: Stream,
    limit: number,
  ) {
    this.left = limit;
  }

  decide(): number {
    if (this.left === 0 || this.stream.below(8) > 0) return 1;
    this.left--;
    return 0;
  }
}

export class RandomWalk implements Strategy {
  private readonly faults: Faults;

  constructor(
    private readonly stream: Stream,
    faultLimit: number,
  ) {
    this.faults = new Faults(stream, faultLimit);
  }

  decide(point: ChoicePoint): number {
    return point.kind === 'fault' ? this.faults.decide() : this.stream.below(point.candidates.length);
  }
}

export class PriorityWalk implements Strategy {
  private readonly priorities = new Map<number, number>();
  private readonly changeAt = new Map<number, number>();
  private readonly faults: Faults;
  private step = 0;

  /** `depth` d of the bug looked for, `steps` the length of a run as last seen. */
  constructor(
    private readonly stream: Stream,
    depth: number,
    steps: number,
    faultLimit: number,
  ) {
    this.faults = new Faults(stream, faultLimit);
    for (let i = 1; i < depth; i++) this.changeAt.set(stream.below(Math.max(1, steps)), depth - i);
  }

  decide(point: ChoicePoint): number {
    if (point.kind === 'fault') return this.faults.decide();
    const best = this.best(point.candidates);
    // The step at which the running thread falls below all others: this operation is the last of its turn.
    const fallen = this.changeAt.get(this.step++);
    if (fallen === undefined) return best;
    this.priorities.set(point.candidates[best]!, fallen);
    return this.best(point.candidates);
  }

  private best(candidates: readonly number[]): number {
    let best = 0;
    for (let i = 0; i < candidates.length; i++)
      if (this.priority(candidates[i]!) > this.priority(candidates[best]!)) best = i;
    return best;
  }

  /** Drawn when a thread is seen first, above all values that change points give. */
  private priority(tid: number): number {
    let priority = this.priorities.get(tid);
    if (priority === undefined) {
      priority = 1000 + this.stream.below(1_000_000_000);
      this.priorities.set(tid, priority);
    }
    return priority;
  }
}
