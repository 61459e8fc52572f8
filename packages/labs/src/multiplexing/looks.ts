/** What a server's calls of select, poll or epoll_wait looked at, as its host reports it. */
import type { LabTools } from '@netarium/core/check/lab-context.ts';

export interface Looks {
  /** Files whose readiness was asked for, in all. */
  readonly scanned: number;
  /** Those that were ready. */
  readonly ready: number;
  readonly looks: number;
  /** The largest number at one look. */
  readonly most: number;
  stop(): void;
}

export function looksOf({ on }: LabTools, hostName: string, call: string): Looks {
  const sums = { scanned: 0, ready: 0, looks: 0, most: 0 };
  let over = false;
  on('io.scan', ({ host, values }) => {
    if (over || host !== hostName || values.call !== call) return;
    sums.scanned += values.files;
    sums.ready += values.ready;
    sums.looks++;
    sums.most = Math.max(sums.most, values.files);
  });
  return Object.assign(sums, {
    stop() {
      over = true;
    },
  });
}

/** The number after a word that begins a line of a program's output; NaN where there is none. */
export function numberIn(output: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN);
}
