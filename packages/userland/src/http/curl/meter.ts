/** curl's progress meter on standard error: a head, then one line that is written over once a second. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { printError } from '../../lib/stdio.ts';

const HEAD = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`;
const SECOND_NS = 1_000_000_000;
/** The current speed is that of the last so many seconds. */
const SPEED_SAMPLES = 5;

/** A size in five columns: 99999, 9999k, 12.3M, 9999M. */
export function size5(bytes: number): string {
  const KIB = 1024;
  const MIB = KIB * 1024;
  if (bytes < 100_000) return String(bytes).padStart(5);
  if (bytes < 10_000 * KIB) return `${Math.floor(bytes / KIB)}k`.padStart(5);
  if (bytes < 100 * MIB) return `${Math.floor(bytes / MIB)}.${Math.floor((bytes % MIB) / (MIB / 10))}M`.padStart(5);
  if (bytes < 10_000 * MIB) return `${Math.floor(bytes / MIB)}M`.padStart(5);
  return `${Math.floor(bytes / (MIB * KIB))}G`.padStart(5);
}

/** `h:mm:ss` in eight columns, dashes for nothing. */
export function time8(seconds: number): string {
  if (seconds <= 0) return '--:--:--';
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  if (hours <= 99) return `${String(hours).padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${String(Math.floor(hours / 24)).padStart(3)}d ${two(hours % 24)}h`;
}

export interface MeterState {
  readonly downloaded: number;
  /** From Content-Length. */
  readonly downloadTotal: number | undefined;
  readonly uploaded: number;
  readonly uploadTotal: number;
  readonly spentNs: number;
  readonly currentSpeed: number;
}

function speed(bytes: number, spentNs: number): number {
  return spentNs <= 0 ? 0 : Math.floor((bytes * 1_000_000) / Math.max(1, Math.floor(spentNs / 1000)));
}

export function formatMeter(state: MeterState): string {
  const { downloaded, uploaded, spentNs } = state;
  const total = (state.downloadTotal ?? downloaded) + state.uploadTotal;
  const percent = (part: number, whole: number) => (whole > 0 ? Math.floor((part * 100) / whole) : 0);
  const known = state.downloadTotal !== undefined || state.uploadTotal > 0;
  const down = speed(downloaded, spentNs);
  const spent = Math.floor(spentNs / SECOND_NS);
  const estimate = state.downloadTotal !== undefined && down > 0 ? Math.floor(state.downloadTotal / down) : 0;
  const columns = [
    String(known ? percent(downloaded + uploaded, total) : downloaded > 0 ? 100 : 0).padStart(3),
    `${size5(total)} `,
    String(
      state.downloadTotal === undefined ? (downloaded > 0 ? 100 : 0) : percent(downloaded, state.downloadTotal),
    ).padStart(3),
    `${size5(downloaded)} `,
    String(percent(uploaded, state.uploadTotal)).padStart(3),
    `${size5(uploaded)} `,
    `${size5(down)} `,
    size5(speed(uploaded, spentNs)),
    time8(estimate),
    time8(spent),
    time8(estimate > spent ? estimate - spent : 0),
    size5(state.currentSpeed),
  ];
  return `\r${columns.join(' ')}`;
}

export class ProgressMeter {
  private readonly samples: { readonly atNs: number; readonly bytes: number }[] = [];
  private lastNs = -1;
  private shown = false;
  downloaded = 0;
  downloadTotal: number | undefined;
  uploaded = 0;
  uploadTotal = 0;

  constructor(
    private readonly sys: Sys,
    private readonly enabled: boolean,
    private readonly startNs: number,
  ) {}

  async begin(): Promise<void> {
    if (!this.enabled) return;
    this.shown = true;
    await printError(this.sys, HEAD);
    await this.show(this.startNs);
  }

  /** Call it now and then: it writes once a second. */
  async update(nowNs: number): Promise<void> {
    if (this.enabled && nowNs - this.lastNs >= SECOND_NS) await this.show(nowNs);
  }

  async end(nowNs: number): Promise<void> {
    if (!this.shown) return;
    this.shown = false;
    await this.show(nowNs);
    await printError(this.sys, '\n');
  }

  private async show(nowNs: number): Promise<void> {
    this.lastNs = nowNs;
    this.samples.push({ atNs: nowNs, bytes: this.downloaded + this.uploaded });
    if (this.samples.length > SPEED_SAMPLES + 1) this.samples.shift();
    const first = this.samples[0]!;
    const currentSpeed = speed(this.downloaded + this.uploaded - first.bytes, nowNs - first.atNs);
    const { downloaded, downloadTotal, uploaded, uploadTotal } = this;
    const state = { downloaded, downloadTotal, uploaded, uploadTotal, spentNs: nowNs - this.startNs, currentSpeed };
    await printError(this.sys, formatMeter(state));
  }
}
