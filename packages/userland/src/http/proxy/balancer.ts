/**
 * Backends and whose turn it is. A backend that failed is left out for a time (nginx's max_fails and fail_timeout), one that the health check finds down until
 * the check finds it up; a backend alone is always asked, for there is nobody else.
 */
import type { Place } from '../../lib/serving.ts';

export type Balance = 'roundrobin' | 'leastconn';

export interface BalancerOptions {
  readonly balance: Balance;
  /** So many failures within `failNs` put a backend aside for `failNs`. */
  readonly maxFails: number;
  readonly failNs: number;
}

export class Backend {
  /** Requests under way. */
  active = 0;
  /** By the health check. */
  healthy = true;
  fails = 0;
  failedNs = Number.NEGATIVE_INFINITY;

  constructor(
    /** As the operator wrote it. */
    readonly name: string,
    readonly place: Place,
  ) {}
}

export class Balancer {
  private turn = 0;

  constructor(
    readonly backends: readonly Backend[],
    private readonly options: BalancerOptions,
  ) {}

  /** The next one, none of those tried already; undefined where none is left. */
  pick(tried: ReadonlySet<Backend>, nowNs: number): Backend | undefined {
    const { backends } = this;
    const from = this.turn;
    let best: Backend | undefined;
    for (let i = 0; i < backends.length; i++) {
      const at = (from + i) % backends.length;
      const backend = backends[at]!;
      if (tried.has(backend) || !this.usable(backend, nowNs)) continue;
      if (best !== undefined && backend.active >= best.active) continue;
      best = backend;
      this.turn = (at + 1) % backends.length;
      if (this.options.balance === 'roundrobin') break;
    }
    return best;
  }

  usable(backend: Backend, nowNs: number): boolean {
    if (!backend.healthy) return false;
    return (
      this.backends.length === 1 ||
      backend.fails < this.options.maxFails ||
      nowNs - backend.failedNs > this.options.failNs
    );
  }

  /** True where this failure puts it aside. */
  failed(backend: Backend, nowNs: number): boolean {
    if (nowNs - backend.failedNs > this.options.failNs) backend.fails = 0;
    backend.fails++;
    backend.failedNs = nowNs;
    return this.backends.length > 1 && backend.fails === this.options.maxFails;
  }

  served(backend: Backend): void {
    backend.fails = 0;
  }
}
