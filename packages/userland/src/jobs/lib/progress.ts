/**
 * How far a job is: on a terminal one line that is drawn again in its place, otherwise a plain line now and then. All of it goes to standard error, so that
 * what the job prints can be piped on.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { formatFixed } from '../../lib/numbers.ts';
import { printError } from '../../lib/stdio.ts';

const REDRAW_NS = 100_000_000;
const PLAIN_NS = 5_000_000_000;
const WIDTH = 30;
/** EL of ECMA-48: what stood on the line before is cleared to its end. */
const CLEAR = '\x1b[K';

export class Progress {
  private nextNs: number;
  private drawn = false;

  private constructor(
    private readonly sys: Sys,
    readonly terminal: boolean,
    readonly startNs: number,
  ) {
    this.nextNs = startNs + (terminal ? 0 : PLAIN_NS);
  }

  static async create(sys: Sys): Promise<Progress> {
    return new Progress(sys, await sys.isatty(2), await sys.clock_gettime('monotonic'));
  }

  /** Shows `done` of `total` if the last time was long enough ago; `text` is asked for only then. */
  async show(done: number, total: number, text: (elapsedNs: number) => string): Promise<void> {
    const nowNs = await this.sys.clock_gettime('monotonic');
    if (nowNs < this.nextNs) return;
    this.nextNs = nowNs + (this.terminal ? REDRAW_NS : PLAIN_NS);
    const line = `${percent(done, total)} ${text(nowNs - this.startNs)}`;
    if (this.terminal) await printError(this.sys, `\r${bar(done, total)} ${line}${CLEAR}`);
    else await printError(this.sys, `${line}\n`);
    this.drawn = this.terminal;
  }

  /** A line that stays; the bar goes on below it. */
  async line(text: string): Promise<void> {
    await this.clear();
    await printError(this.sys, `${text}\n`);
  }

  /** Takes the bar away. */
  async clear(): Promise<void> {
    if (this.drawn) await printError(this.sys, `\r${CLEAR}`);
    this.drawn = false;
    if (this.terminal) this.nextNs = 0;
  }
}

function bar(done: number, total: number): string {
  const filled = total <= 0 ? 0 : Math.min(WIDTH, Math.floor((done / total) * WIDTH));
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}]`;
}

function percent(done: number, total: number): string {
  return `${String(total <= 0 ? 0 : Math.min(100, Math.floor((done / total) * 100))).padStart(3)} %`;
}

/** `1234567` of something in so many nanoseconds, per second: `1.2 M/s`. */
export function perSecond(count: number, elapsedNs: number): string {
  const rate = elapsedNs <= 0 ? 0 : Math.floor((count * 1_000_000_000) / elapsedNs);
  if (rate >= 1_000_000) return `${formatFixed(rate, 1_000_000, 1)} M/s`;
  return rate >= 10_000 ? `${Math.floor(rate / 1000)} k/s` : `${rate}/s`;
}

export function seconds(ns: number, digits = 2): string {
  return `${formatFixed(ns, 1_000_000_000, digits)} s`;
}

/** `1 thread`, `8 threads`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
