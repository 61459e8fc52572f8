/**
 * A time limit by the machine's clock, of any length and never early: Node's own timers ring up to a millisecond before, and at once beyond 2^31 ms.
 * Node's events have their turn before it rings, also where its time is nought.
 */
import { MS } from '@netarium/core/time/instant.ts';

const LONGEST_TIMER_MS = 2_147_483_647;

export class Alarm {
  private timer!: NodeJS.Timeout;
  private readonly endMs: number;

  constructor(
    ns: number,
    private readonly ring: () => void,
  ) {
    this.endMs = performance.now() + ns / MS;
    this.wait();
  }

  private wait(): void {
    const leftMs = Math.ceil(Math.max(0, this.endMs - performance.now()));
    this.timer = setTimeout(() => this.look(), Math.min(leftMs, LONGEST_TIMER_MS));
  }

  private look(): void {
    if (performance.now() < this.endMs) this.wait();
    else this.ring();
  }

  get leftNs(): number {
    return Math.max(0, Math.round((this.endMs - performance.now()) * MS));
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
