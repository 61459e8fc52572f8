/** Timers of an event loop: a binary heap by instant, and by age among those of one instant. Cancelled ones are thrown away when they come to the top. */
export interface HeapTimer {
  readonly atNs: number;
  readonly cancelled: boolean;
}

interface Entry<T> {
  readonly timer: T;
  readonly age: number;
}

export class TimerHeap<T extends HeapTimer> {
  private readonly heap: Entry<T>[] = [];
  private ages = 0;

  push(timer: T): void {
    const entry = { timer, age: this.ages++ };
    let at = this.heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!earlier(entry, this.heap[above]!)) break;
      this.heap[at] = this.heap[above]!;
      at = above;
    }
    this.heap[at] = entry;
  }

  /** The earliest timer that is not cancelled. */
  get first(): T | undefined {
    while (this.heap.length > 0 && this.heap[0]!.timer.cancelled) this.removeFirst();
    return this.heap[0]?.timer;
  }

  /** Takes out those that are due at `nowNs`, earliest first. */
  takeDue(nowNs: number): T[] {
    const due: T[] = [];
    for (let next = this.first; next !== undefined && next.atNs <= nowNs; next = this.first) {
      due.push(next);
      this.removeFirst();
    }
    return due;
  }

  /** Those that are not cancelled, earliest first: to be looked at. Whoever takes only the first few has little work. */
  *list(): Generator<T, void> {
    const next = this.heap.length === 0 ? [] : [0];
    while (next.length > 0) {
      const first = next.reduce((best, at) => (earlier(this.heap[at]!, this.heap[best]!) ? at : best));
      next.splice(next.indexOf(first), 1);
      next.push(...[2 * first + 1, 2 * first + 2].filter((at) => at < this.heap.length));
      const { timer } = this.heap[first]!;
      if (!timer.cancelled) yield timer;
    }
  }

  /** How many there are that are not cancelled. */
  get living(): number {
    return this.heap.reduce((count, { timer }) => count + (timer.cancelled ? 0 : 1), 0);
  }

  private removeFirst(): void {
    const last = this.heap.pop()!;
    const { length } = this.heap;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      if (below + 1 < length && earlier(this.heap[below + 1]!, this.heap[below]!)) below++;
      if (!earlier(this.heap[below]!, last)) break;
      this.heap[at] = this.heap[below]!;
      at = below;
    }
    this.heap[at] = last;
  }
}

function earlier(a: Entry<HeapTimer>, b: Entry<HeapTimer>): boolean {
  return a.timer.atNs < b.timer.atNs || (a.timer.atNs === b.timer.atNs && a.age < b.age);
}
