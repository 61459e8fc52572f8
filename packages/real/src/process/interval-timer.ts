/** ITIMER_REAL of a process (setitimer(2), alarm(2)): SIGALRM once or again and again. */
import { E, ENOTSUP, type Errno } from '@netarium/core/base/errno.ts';
import { isDuration } from './local-calls.ts';

interface Setting {
  readonly valueNs: number;
  readonly intervalNs: number;
}

const NS_PER_MS = 1_000_000;

export class IntervalTimer {
  private timer: NodeJS.Timeout | undefined;
  private expiresMs = 0;
  private intervalNs = 0;

  constructor(private readonly ring: () => void) {}

  private get setting(): Setting {
    const leftMs = this.timer === undefined ? 0 : Math.max(0, this.expiresMs - performance.now());
    return { valueNs: Math.round(leftMs * NS_PER_MS), intervalNs: this.intervalNs };
  }

  private arm(ns: number): void {
    this.expiresMs = performance.now() + ns / NS_PER_MS;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.intervalNs > 0) this.arm(this.intervalNs);
      this.ring();
    }, ns / NS_PER_MS);
  }

  private change({ valueNs, intervalNs }: Setting): Setting {
    const before = this.setting;
    this.stop();
    this.intervalNs = intervalNs;
    if (valueNs > 0) this.arm(valueNs);
    return before;
  }

  setitimer(which: unknown, setting: Setting): Setting | Errno {
    if (which !== 'real') return which === 'virtual' || which === 'prof' ? ENOTSUP : E.EINVAL;
    if (!isDuration(setting.valueNs) || !isDuration(setting.intervalNs)) return E.EINVAL;
    return this.change(setting);
  }

  getitimer(which: unknown): Setting | Errno {
    if (which !== 'real') return which === 'virtual' || which === 'prof' ? ENOTSUP : E.EINVAL;
    return this.setting;
  }

  /** Answers what was left. */
  alarm(ns: unknown): number | Errno {
    if (!isDuration(ns)) return E.EINVAL;
    return this.change({ valueNs: ns, intervalNs: 0 }).valueNs;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
