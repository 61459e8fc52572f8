/** Numbers of command lines. Everything answers undefined for text that is not entirely such a number. */
const NS_PER_SECOND = 1_000_000_000;
/** The longest time that fits an instant: about 100 days. */
const MAX_SECONDS = 8_640_000;

/** A whole number within bounds, decimal. */
export function parseCount(text: string, min: number, max: number): number | undefined {
  if (!/^[+-]?\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** `1`, `0.25`, `.5` seconds as nanoseconds; digits past the ninth are dropped. Longer times are cut to 100 days. */
export function parseSecondsNs(text: string): number | undefined {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match || (match[1] === '' && (match[2] ?? '') === '')) return undefined;
  const whole = Math.min(Number(match[1] || '0'), MAX_SECONDS);
  return whole * NS_PER_SECOND + Number((match[2] ?? '').padEnd(9, '0').slice(0, 9));
}

/** Nanoseconds as a decimal number of units with so many digits after the point, rounded down: `formatFixed(1234567, 1e6, 3)` is `1.234`. */
export function formatFixed(valueNs: number, unitNs: number, digits: number): string {
  const sign = valueNs < 0 ? '-' : '';
  const value = Math.abs(valueNs);
  const whole = Math.floor(value / unitNs);
  if (digits === 0) return `${sign}${whole}`;
  let rest = value - whole * unitNs;
  let text = '';
  for (let i = 0; i < digits; i++) {
    rest *= 10;
    const digit = Math.floor(rest / unitNs);
    text += String(digit);
    rest -= digit * unitNs;
  }
  return `${sign}${whole}.${text}`;
}

/** Integer square root, by Newton's steps from above: the greatest r with r * r <= n. */
export function integerSqrt(n: number): number {
  if (n < 2) return n < 0 ? 0 : Math.floor(n);
  let bits = 0;
  for (let rest = n; rest >= 1; rest /= 4) bits++;
  let r = 1;
  for (let i = 0; i < bits; i++) r *= 2;
  for (;;) {
    const next = Math.floor((r + Math.floor(n / r)) / 2);
    if (next >= r) return r;
    r = next;
  }
}
