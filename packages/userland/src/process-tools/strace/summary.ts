/** The table of `strace -c`: calls by the time that they took. */
import type { TraceRecord } from '@netarium/core/syscall/sys.ts';
import { linuxName } from './format.ts';

interface Sums {
  calls: number;
  errors: number;
  ns: number;
}

const RULE = '------ ----------- ----------- --------- --------- ----------------\n';

function seconds(ns: number): string {
  const micros = Math.floor(ns / 1000);
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

function percent(part: number, whole: number): string {
  const hundredths = whole === 0 ? 0 : Math.floor((part / whole) * 10_000 + 0.5);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}

export class Summary {
  private readonly byName = new Map<string, Sums>();

  constructor(private readonly wanted: (name: string) => boolean) {}

  add(record: TraceRecord): void {
    if (record.kind !== 'call' || !this.wanted(record.name)) return;
    const name = linuxName(record.name);
    const sums = this.byName.get(name) ?? { calls: 0, errors: 0, ns: 0 };
    sums.calls++;
    if (record.errno !== undefined) sums.errors++;
    sums.ns += record.endNs - record.startNs;
    this.byName.set(name, sums);
  }

  text(): string {
    const rows = [...this.byName].sort(([a, x], [b, y]) => y.ns - x.ns || (a < b ? -1 : 1));
    const total = rows.reduce(
      (sum, [, { calls, errors, ns }]) => ({ calls: sum.calls + calls, errors: sum.errors + errors, ns: sum.ns + ns }),
      {
        calls: 0,
        errors: 0,
        ns: 0,
      },
    );
    const line = (share: string, { calls, errors, ns }: Sums, name: string): string =>
      `${share.padStart(6)} ${seconds(ns).padStart(11)} ${String(calls === 0 ? 0 : Math.floor(ns / calls / 1000)).padStart(11)} ${String(calls).padStart(9)} ${(errors === 0 ? '' : String(errors)).padStart(9)} ${name}\n`;
    const body = rows.map(([name, sums]) => line(percent(sums.ns, total.ns), sums, name)).join('');
    return `% time     seconds  usecs/call     calls    errors syscall\n${RULE}${body}${RULE}${line('100.00', total, 'total')}`;
  }
}
