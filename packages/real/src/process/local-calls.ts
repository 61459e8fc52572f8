/** Calls that any thread answers for itself: clocks, chance, declared work. */
import { getRandomValues } from 'node:crypto';
import { cpus, hostname, machine, release, type as systemType, version } from 'node:os';
import { E, type Errno } from '@netarium/core/base/errno.ts';
import type { Utsname } from '@netarium/core/syscall/sys.ts';
import { MS } from '@netarium/core/time/instant.ts';

/** clock_gettime(2). The monotonic clock is the machine's since it started, the same in all processes. */
export function clockGettime(clock: unknown): number | Errno {
  if (clock === 'monotonic') return Number(process.hrtime.bigint());
  if (clock === 'realtime') return Math.round((performance.timeOrigin + performance.now()) * MS);
  return E.EINVAL;
}

export function getrandom(length: unknown): Uint8Array | Errno {
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0 || length > 1_048_576) return E.EINVAL;
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  return bytes;
}

/** Declared work is done: the thread is busy for so long. */
export function spin(ns: number): void {
  const end = performance.now() + ns / MS;
  while (performance.now() < end) {}
}

export function uname(): Utsname {
  return {
    sysname: systemType(),
    nodename: hostname(),
    release: release(),
    version: version(),
    machine: machine(),
  };
}

export function cores(): number[] {
  return cpus().map((_, number) => number);
}
