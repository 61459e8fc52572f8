/**
 * Virtual time. An instant is an integer number of nanoseconds since the start of the world, a duration a number of nanoseconds, both in
 * a plain `number`: exact to 2^53 ns, and a run past 100 days ends with an error (`time/queue.ts`).
 */
export type Instant = number;
export type DurationNs = number;

/**
 * The first instant, and what a field of instants begins with. Minus zero is a floating-point number to the engine, so the field is one from the
 * start; with a plain 0 the first number beyond 2^31 would change the layout of its class, and all code compiled for that class would be thrown away.
 */
export const START: Instant = -0;
/** Of what has not happened, or will not: before every instant. */
export const NEVER: Instant = Number.NEGATIVE_INFINITY;

export const NS = 1;
export const US = 1_000;
export const MS = 1_000_000;
export const SECOND = 1_000_000_000;
export const MINUTE = 60 * SECOND;
export const DAY = 86_400 * SECOND;
/** The kernel's tick, 250 a second (CONFIG_HZ). */
export const JIFFY_NS = 4 * MS;

/** No run goes past this instant. */
export const HORIZON_NS = 100 * DAY;

const UNITS = new Map<string, number>([
  ['ns', NS],
  ['us', US],
  ['µs', US],
  ['ms', MS],
  ['s', SECOND],
  ['m', MINUTE],
  ['min', MINUTE],
  ['h', 60 * MINUTE],
  ['d', DAY],
]);

/** A time that a program hands in: whole nanoseconds, none negative. */
export function isDuration(ns: unknown): ns is number {
  return typeof ns === 'number' && Number.isSafeInteger(ns) && ns >= 0;
}

/** Parses `10ms`, `1.5s`, `200us`; a bare number is refused because it has no unit. Undefined for anything that is not a whole number of nanoseconds. */
export function parseDuration(text: string): DurationNs | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,9}))?\s*(ns|us|µs|ms|s|min|m|h|d)$/.exec(text.trim());
  if (!match) return undefined;
  const unit = UNITS.get(match[3]!)!;
  const fraction = match[2] ?? '';
  const scale = Number(`1${'0'.repeat(fraction.length)}`);
  const value = Number(match[1]) * unit + (fraction === '' ? 0 : (Number(fraction) * unit) / scale);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Shortest exact text: `10ms`, `1.5s`, `200us`, `0s`. */
export function formatDuration(ns: DurationNs): string {
  const size = ns < 0 ? -ns : ns;
  const [unit, name] =
    size >= SECOND
      ? [SECOND, 's']
      : size >= MS
        ? [MS, 'ms']
        : size >= US
          ? [US, 'us']
          : size === 0
            ? [1, 's']
            : [1, 'ns'];
  return `${decimal(ns, unit)}${name}`;
}

/** `ns / unit` as an exact decimal without trailing zeros; `unit` is a power of ten. */
export function decimal(ns: number, unit: number): string {
  const sign = ns < 0 ? '-' : '';
  const size = ns < 0 ? -ns : ns;
  const whole = Math.floor(size / unit);
  const fraction = String(size - whole * unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return `${sign}${whole}${unit === 1 || fraction === '' ? '' : `.${fraction}`}`;
}

/** Seconds with nine decimals, as captures print instants. */
export function formatInstant(at: Instant): string {
  const whole = Math.floor(at / SECOND);
  return `${whole}.${String(at - whole * SECOND).padStart(9, '0')}`;
}
