/** Times as texts ("The DATE, DATETIME, and TIMESTAMP Types"): `YYYY-MM-DD`, or `YYYY-MM-DD hh:mm:ss` with so many digits of a fraction, so that their order as texts is their order in time. */
import { type CalendarTime, isLeapYear, pad2 } from '../lib/calendar.ts';

/** As many digits as a fraction of a second may have: microseconds. */
export const FRACTION_MAX = 6;

export interface Instant extends CalendarTime {
  readonly micro: number;
}

const TIME_TEXT = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?$/;

/** Undefined where a text tells no time; digits behind the microseconds do not count. */
export function readTime(text: string): Instant | undefined {
  const match = TIME_TEXT.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  if (month < 1 || month > 12 || day < 1 || day > monthDays(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micro = Number((match[7] ?? '').slice(0, FRACTION_MAX).padEnd(FRACTION_MAX, '0'));
  return { year, month, day, hour, minute, second, micro };
}

type Six = [number, number, number, number, number, number];

/** Digits beyond the fraction are cut, as MariaDB does it. */
export function writtenTime(
  time: CalendarTime & { readonly micro?: number },
  kind: 'date' | 'datetime',
  fraction = 0,
): string {
  const date = `${String(time.year).padStart(4, '0')}-${pad2(time.month)}-${pad2(time.day)}`;
  if (kind === 'date') return date;
  const digits = fraction === 0 ? '' : `.${microText(time.micro ?? 0).slice(0, fraction)}`;
  return `${date} ${pad2(time.hour)}:${pad2(time.minute)}:${pad2(time.second)}${digits}`;
}

export function microText(micro: number): string {
  return String(micro).padStart(FRACTION_MAX, '0');
}

/** The time that a text tells, in the shape above. */
export function timeText(text: string, kind: 'date' | 'datetime', fraction = 0): string | undefined {
  const time = readTime(text);
  return time && writtenTime(time, kind, fraction);
}

/** How many digits the fraction of a text has that tells a time. */
export function fractionOf(text: string): number {
  return Math.min(TIME_TEXT.exec(text.trim())?.[7]?.length ?? 0, FRACTION_MAX);
}

export function monthDays(year: number, month: number): number {
  return [31, isLeapYear(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}
