/** Rates and sizes as people write them. */

const RATES = new Map<string, number>([
  ['bit', 1],
  ['kbit', 1_000],
  ['mbit', 1_000_000],
  ['gbit', 1_000_000_000],
  ['bps', 8],
  ['kbps', 8_000],
  ['mbps', 8_000_000],
  ['gbps', 8_000_000_000],
]);

/** `100Mbit`, `1.5Gbit`, and bytes per second as `tc` has them (`1mbps` is 8 Mbit/s). Bits per second; undefined for anything else. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?\s*([kmg]?bit|[kmg]?bps)$/i.exec(text.trim());
  if (!match) return undefined;
  const unit = RATES.get(match[3]!.toLowerCase())!;
  const fraction = match[2] ?? '';
  const rate =
    Number(match[1]) * unit +
    (fraction === '' ? 0 : (Number(fraction) * unit) / Number(`1${'0'.repeat(fraction.length)}`));
  return Number.isSafeInteger(rate) && rate > 0 ? rate : undefined;
}
