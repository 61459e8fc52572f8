/** Times as texts ("The DATE, DATETIME, and TIMESTAMP Types"): `YYYY-MM-DD`, or `YYYY-MM-DD hh:mm:ss` with so many digits of a fraction, so that their order as texts is their order in time. */

/** As many digits as a fraction of a second may have: microseconds. */
export const FRACTION_MAX = 6;

const TIME_TEXT = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?$/;

/** The time that a text tells, in the shape above; digits beyond the fraction are cut, as MariaDB does it. Undefined where it is no time. */
export function timeText(text: string, kind: 'date' | 'datetime', fraction = 0): string | undefined {
  const match = TIME_TEXT.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const leap = year! % 4 === 0 && (year! % 100 !== 0 || year! % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month! - 1];
  if (days === undefined || day! < 1 || day! > days || hour > 23 || minute > 59 || second > 59) return undefined;
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month!)}-${two(day!)}`;
  if (kind === 'date') return date;
  return `${date} ${two(hour)}:${two(minute)}:${two(second)}${fractionText(match[7] ?? '', fraction)}`;
}

function fractionText(digits: string, fraction: number): string {
  return fraction === 0 ? '' : `.${digits.slice(0, fraction).padEnd(fraction, '0')}`;
}

/** How many digits the fraction of a text has that tells a time. */
export function fractionOf(text: string): number {
  return Math.min(TIME_TEXT.exec(text.trim())?.[7]?.length ?? 0, FRACTION_MAX);
}
