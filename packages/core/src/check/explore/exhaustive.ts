/**
 * All schedules of a bounded program, up to the order of operations that commute: dynamic partial-order reduction (Flanagan and Godefroid, 2005) with
 * sleep sets (Godefroid, 1996). Runs are repeated from the start (promises cannot be copied); each follows the tree's current path and then goes on
 * with as few switches as possible. After a run, each pair of dependent steps that could have come the other way round makes a branch.
 */
import { assert } from '../../base/assert.ts';
import { dependent, type Footprint } from './footprint.ts';
import type { ChoicePoint, Strategy, ThreadPoint } from './schedule.ts';

interface ThreadNode {
  readonly kind: 'thread';
  readonly candidates: readonly number[];
  readonly ready: readonly number[];
  readonly footprints: readonly Footprint[];
  chosen: number;
  readonly done: Set<number>;
  readonly backtrack: Set<number>;
  /** Threads whose next operation was explored before, elsewhere, and commutes with all since: nothing new comes of them. */
  readonly sleeping: ReadonlyMap<number, Footprint>;
}

interface FaultNode {
  readonly kind: 'fault';
  chosen: number;
  readonly alternatives: number[];
}

type Node = ThreadNode | FaultNode;

export class ExhaustiveSearch {
  private readonly path: Node[] = [];
  private depth = 0;
  private faultsHere = 0;
  private lastThread = -1;
  /** The run in progress was given up: all that can follow was seen from elsewhere. */
  pruned = false;
  /** No schedule is left. */
  exhausted = false;
  deepest = 0;

  constructor(private readonly faultLimit: number) {}

  /** The strategy of the next run. */
  begin(): Strategy {
    this.depth = 0;
    this.faultsHere = 0;
    this.lastThread = -1;
    this.pruned = false;
    return { decide: (point) => this.decide(point) };
  }

  private decide(point: ChoicePoint): number {
    if (this.pruned) return point.kind === 'fault' ? 1 : -1;
    const node = this.path[this.depth] ?? this.grow(point);
    if (node === undefined) {
      this.pruned = true;
      return -1;
    }
    this.depth++;
    this.deepest = Math.max(this.deepest, this.depth);
    assert(node.kind === point.kind, 'a run did not repeat itself: the explored program is not deterministic');
    if (node.kind === 'fault') {
      if (node.chosen === 0) this.faultsHere++;
      return node.chosen;
    }
    this.lastThread = node.chosen;
    const index = (point as ThreadPoint).candidates.indexOf(node.chosen);
    assert(index >= 0, 'a run did not repeat itself: a thread of the path cannot run');
    return index;
  }

  private grow(point: ChoicePoint): Node | undefined {
    const node: Node | undefined =
      point.kind === 'fault'
        ? { kind: 'fault', chosen: 1, alternatives: this.faultsHere < this.faultLimit ? [0] : [] }
        : this.growThread(point);
    if (node !== undefined) this.path.push(node);
    return node;
  }

  private growThread({ candidates, ready, footprints }: ThreadPoint): ThreadNode | undefined {
    const sleeping = this.sleepingHere();
    const awake = candidates.filter((tid) => !sleeping.has(tid));
    if (awake.length === 0) return undefined;
    const chosen = awake.includes(this.lastThread) ? this.lastThread : awake[0]!;
    return {
      kind: 'thread',
      candidates,
      ready,
      footprints,
      chosen,
      done: new Set(),
      backtrack: new Set([chosen]),
      sleeping,
    };
  }

  /** What sleeps at a new node: what slept before it or was explored there, less what the step between wakes by touching the same. */
  private sleepingHere(): ReadonlyMap<number, Footprint> {
    const parent = this.path.at(-1);
    if (parent === undefined || parent.kind === 'fault') return new Map();
    const step = parent.footprints[parent.candidates.indexOf(parent.chosen)]!;
    const sleeping = new Map<number, Footprint>();
    const keep = (tid: number, footprint: Footprint): void => {
      if (tid !== parent.chosen && !dependent(step, footprint)) sleeping.set(tid, footprint);
    };
    for (const [tid, footprint] of parent.sleeping) keep(tid, footprint);
    for (const tid of parent.done) keep(tid, parent.footprints[parent.candidates.indexOf(tid)]!);
    return sleeping;
  }

  /** After a run: adds the branches that its races ask for, and moves to the next path. */
  next(): void {
    this.path.length = this.depth;
    this.addBranches();
    while (this.path.length > 0) {
      const node = this.path.at(-1)!;
      if (this.advance(node)) return;
      this.path.pop();
    }
    this.exhausted = true;
  }

  private advance(node: Node): boolean {
    if (node.kind === 'fault') {
      const next = node.alternatives.pop();
      if (next === undefined) return false;
      node.chosen = next;
      return true;
    }
    node.done.add(node.chosen);
    for (const tid of node.backtrack) {
      if (node.done.has(tid) || node.sleeping.has(tid)) continue;
      node.chosen = tid;
      return true;
    }
    return false;
  }

  /** For each step, the last earlier step of another thread that it races with: there the other order is to be tried. */
  private addBranches(): void {
    const { path } = this;
    const clocks = new Map<number, Map<number, number>>();
    const stepClocks: (Map<number, number> | undefined)[] = [];
    let before: ThreadNode | undefined;
    for (let i = 0; i < path.length; i++) {
      const node = path[i]!;
      if (node.kind === 'fault') {
        stepClocks.push(undefined);
        continue;
      }
      this.wakeClocks(before, node, clocks);
      const clock = clocks.get(node.chosen) ?? new Map<number, number>();
      const footprint = footprintOfStep(node);
      this.findRace(i, node, footprint, clock);
      for (let j = i - 1; j >= 0; j--) {
        const earlier = path[j]!;
        if (earlier.kind === 'thread' && dependent(footprintOfStep(earlier), footprint)) merge(clock, stepClocks[j]!);
      }
      clock.set(node.chosen, i);
      clocks.set(node.chosen, clock);
      stepClocks.push(new Map(clock));
      before = node;
    }
  }

  /** A thread that could not run before a step and can after it was woken or made by that step: it comes after it. */
  private wakeClocks(before: ThreadNode | undefined, node: ThreadNode, clocks: Map<number, Map<number, number>>): void {
    if (before === undefined) return;
    const waker = clocks.get(before.chosen);
    if (waker === undefined) return;
    for (const tid of node.ready) {
      if (before.ready.includes(tid)) continue;
      const clock = clocks.get(tid) ?? new Map<number, number>();
      merge(clock, waker);
      clocks.set(tid, clock);
    }
  }

  private findRace(at: number, node: ThreadNode, footprint: Footprint, clock: ReadonlyMap<number, number>): void {
    for (let j = at - 1; j >= 0; j--) {
      const earlier = this.path[j]!;
      if (earlier.kind === 'fault' || earlier.chosen === node.chosen) continue;
      if (!dependent(footprintOfStep(earlier), footprint)) continue;
      // Ordered by what came between: no other order exists.
      if ((clock.get(earlier.chosen) ?? -1) >= j) continue;
      if (earlier.candidates.includes(node.chosen)) earlier.backtrack.add(node.chosen);
      else if (earlier.ready.includes(node.chosen)) this.tryBefore(j, node.chosen);
      else for (const tid of earlier.candidates) earlier.backtrack.add(tid);
      return;
    }
  }

  /** Held back by a higher priority alone: it has to come before that one got its core. */
  private tryBefore(at: number, tid: number): void {
    for (let j = at - 1; j >= 0; j--) {
      const earlier = this.path[j]!;
      if (earlier.kind === 'fault' || !earlier.candidates.includes(tid)) continue;
      earlier.backtrack.add(tid);
      return;
    }
  }
}

function footprintOfStep(node: ThreadNode): Footprint {
  return node.footprints[node.candidates.indexOf(node.chosen)]!;
}

function merge(into: Map<number, number>, from: ReadonlyMap<number, number>): void {
  for (const [tid, step] of from) if ((into.get(tid) ?? -1) < step) into.set(tid, step);
}
