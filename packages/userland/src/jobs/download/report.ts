/** What a download tells: a line for each file as it ends, and at the end times, the use of the threads, and what failed. */
import { formatFixed } from '../../lib/numbers.ts';
import { counted } from '../lib/progress.ts';
import type { Ending } from './scheduler.ts';
import type { ListedUrl } from './url-list.ts';
import type { ThreadUse } from './wait-meter.ts';

const MS = 1_000_000;

/** A file that was tried, or left out because it is there. */
export interface FileReport {
  readonly listed: ListedUrl;
  readonly name: string;
  /** Of a file that came, but could not be written down, a failure. */
  ending: Ending;
  readonly skipped: boolean;
  /** When it ended, from when the workers stood ready. */
  readonly endedNs: number;
}

export interface RunReport {
  readonly way: string;
  readonly concurrency: number;
  /** Until the workers stood ready. */
  readonly startupNs: number;
  /** From then to the end of the last file. */
  readonly wallNs: number;
  readonly files: readonly FileReport[];
  readonly untried: number;
  readonly uses: readonly ThreadUse[];
  /** What each thread brought. */
  readonly work: ReadonlyMap<string, { readonly files: number; readonly bytes: number }>;
}

const ms = (ns: number): string => formatFixed(ns, MS, 1);

export function fileLine({ listed, name, ending, skipped }: FileReport): string {
  if (skipped) return `there  ${name}  ${ending.bytes} bytes  sha256 ${ending.sha256}`;
  if (ending.ok) {
    const type = ending.type === '' ? 'no type' : ending.type;
    return `done   ${name}  ${ending.bytes} bytes  ${type}  ${ms(ending.tookNs)} ms  sha256 ${ending.sha256}`;
  }
  return `failed ${name}  line ${listed.line}: ${ending.reason}`;
}

/** Times of the files, and a line for each thread. */
export function tables(report: RunReport): string {
  const done = report.files.filter(({ ending, skipped }) => ending.ok && !skipped);
  const failed = report.files.filter(({ ending }) => !ending.ok).length;
  const times = done.map(({ ending }) => ending.tookNs).sort((a, b) => a - b);
  const sumNs = times.reduce((sum, ns) => sum + ns, 0);
  const bytes = done.reduce((sum, { ending }) => sum + ending.bytes, 0);
  const there = report.files.length - done.length - failed;
  const lines = [
    `${report.way}: ${counted(done.length, 'file')}, ${bytes} bytes, ${failed} failed${there > 0 ? `, ${there} there already` : ''}, in ${ms(report.wallNs)} ms; one after the other ${ms(sumNs)} ms`,
  ];
  if (times.length > 0) {
    const at = (share: number): string => ms(times[Math.min(times.length - 1, Math.floor(times.length * share))]!);
    lines.push(
      `time of a file: shortest ${ms(times[0]!)} ms, median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms`,
    );
  }
  const threads = report.uses.length === 1 ? '1 thread' : `${report.uses.length} threads or processes`;
  lines.push(`${threads}, ready after ${ms(report.startupNs)} ms`);
  lines.push('thread            files        bytes     alive ms    waited ms     busy');
  for (const use of report.uses) {
    const { files, bytes: brought } = report.work.get(use.name) ?? { files: 0, bytes: 0 };
    lines.push(
      `${use.name.padEnd(16)} ${String(files).padStart(6)} ${String(brought).padStart(12)} ${ms(use.aliveNs).padStart(12)} ${ms(use.waitedNs).padStart(12)} ${busy(use).padStart(6)} %`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The share of its life that a thread did not wait, in percent. */
function busy({ aliveNs, waitedNs }: ThreadUse): string {
  return aliveNs <= 0 ? '-' : formatFixed(Math.max(0, aliveNs - waitedNs) * 100, aliveNs, 1);
}

export function json(report: RunReport): string {
  const files = report.files.map(({ listed, name, ending, skipped, endedNs }) => ({
    line: listed.line,
    url: listed.text,
    name,
    ok: ending.ok,
    skipped,
    status: ending.status,
    type: ending.type,
    bytes: ending.bytes,
    sha256: ending.sha256,
    ms: ending.tookNs / MS,
    endedMs: endedNs / MS,
    attempts: ending.attempts,
    reason: ending.reason,
  }));
  const threads = report.uses.map((use) => ({
    name: use.name,
    ...(report.work.get(use.name) ?? { files: 0, bytes: 0 }),
    aliveMs: use.aliveNs / MS,
    waitedMs: use.waitedNs / MS,
    busyPercent: Number(busy(use)),
  }));
  const { way, concurrency, startupNs, wallNs, untried } = report;
  const failed = files.filter(({ ok }) => !ok).length;
  return `${JSON.stringify({ way, concurrency, startupMs: startupNs / MS, ms: wallNs / MS, failed, untried, files, threads })}\n`;
}
