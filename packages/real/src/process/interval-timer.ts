/** ITIMER_REAL of a process (setitimer(2), alarm(2)): SIGALRM once or again and again. */
import { E, ENOTSUP, type Errno } from '@netarium/core/base/errno.ts';
import { isDuration } from '@netarium/core/time/instant.ts';
import { Alarm } from './alarm.ts';

interface Setting {
  readonly valueNs: number;
  readonly intervalNs: number;
}

export class IntervalTimer {
  private armed: Alarm | undefined;
  private intervalNs = 0;

  constructor(private readonly ring: () => void) {}

  private get setting(): Setting {
    return { valueNs: this.armed?.leftNs ?? 0, intervalNs: this.intervalNs };
  }

  private arm(ns: number): void {
    this.armed = new Alarm(ns, () => {
      this.armed = undefined;
      if (this.intervalNs > 0) this.arm(this.intervalNs);
      this.ring();
    });
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
    this.armed?.stop();
    this.armed = undefined;
  }
}
