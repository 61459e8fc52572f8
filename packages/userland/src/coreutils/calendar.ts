/** Dates from seconds since the Unix epoch, in UTC, by calendar arithmetic of our own (proleptic Gregorian). */

export interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
  /** Seconds since the epoch. */
  readonly epoch: number;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const DAY = 86_400;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days from 1970-01-01 to a date; days and months beyond their range carry over. */
export function daysFromDate(year: number, month: number, day: number): number {
  const shift = Math.floor((month - 1) / 12);
  const y = year + shift;
  const m = month - shift * 12;
  const before = y - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  // 719,162 days lie between 0001-01-01 and 1970-01-01.
  return before * 365 + leaps - 719_162 + DAYS_BEFORE_MONTH[m - 1]! + (m > 2 && isLeapYear(y) ? 1 : 0) + day - 1;
}

export function calendarTime(epochSeconds: number, nanosecond = 0): CalendarTime {
  const days = Math.floor(epochSeconds / DAY);
  const rest = epochSeconds - days * DAY;
  let year = Math.floor(days / 365.2425) + 1970;
  while (daysFromDate(year, 1, 1) > days) year--;
  while (daysFromDate(year + 1, 1, 1) <= days) year++;
  const yearDay = days - daysFromDate(year, 1, 1) + 1;
  let month = 12;
  while (daysFromDate(year, month, 1) > days) month--;
  return {
    year,
    month,
    day: days - daysFromDate(year, month, 1) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    nanosecond,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay,
    epoch: epochSeconds,
  };
}

function two(value: number, fill = '0'): string {
  return String(value).padStart(2, fill);
}

/** ISO 8601 week and its year. */
function isoWeek(time: CalendarTime): { week: number; year: number } {
  const weekday = (time.weekday + 6) % 7;
  const thursday = daysFromDate(time.year, time.month, time.day) - weekday + 3;
  const { year, yearDay } = calendarTime(thursday * DAY);
  return { week: Math.floor((yearDay - 1) / 7) + 1, year };
}

/** One conversion of strftime(3), UTC and the C locale; undefined for a letter that is none. */
function formatField(letter: string, time: CalendarTime): string | undefined {
  const fields: Readonly<Record<string, () => string>> = {
    '%': () => '%',
    a: () => WEEKDAYS[time.weekday]!.slice(0, 3),
    A: () => WEEKDAYS[time.weekday]!,
    b: () => MONTHS[time.month - 1]!.slice(0, 3),
    B: () => MONTHS[time.month - 1]!,
    c: () => formatTime('%a %b %e %H:%M:%S %Y', time),
    C: () => two(Math.floor(time.year / 100)),
    d: () => two(time.day),
    D: () => formatTime('%m/%d/%y', time),
    e: () => two(time.day, ' '),
    F: () => formatTime('%Y-%m-%d', time),
    G: () => String(isoWeek(time).year),
    h: () => MONTHS[time.month - 1]!.slice(0, 3),
    H: () => two(time.hour),
    I: () => two(time.hour % 12 === 0 ? 12 : time.hour % 12),
    j: () => String(time.yearDay).padStart(3, '0'),
    k: () => two(time.hour, ' '),
    l: () => two(time.hour % 12 === 0 ? 12 : time.hour % 12, ' '),
    m: () => two(time.month),
    M: () => two(time.minute),
    n: () => '\n',
    N: () => String(time.nanosecond).padStart(9, '0'),
    p: () => (time.hour < 12 ? 'AM' : 'PM'),
    P: () => (time.hour < 12 ? 'am' : 'pm'),
    r: () => formatTime('%I:%M:%S %p', time),
    R: () => formatTime('%H:%M', time),
    s: () => String(time.epoch),
    S: () => two(time.second),
    t: () => '\t',
    T: () => formatTime('%H:%M:%S', time),
    u: () => String(time.weekday === 0 ? 7 : time.weekday),
    U: () => two(Math.floor((time.yearDay + 6 - time.weekday) / 7)),
    V: () => two(isoWeek(time).week),
    w: () => String(time.weekday),
    W: () => two(Math.floor((time.yearDay + 6 - ((time.weekday + 6) % 7)) / 7)),
    x: () => formatTime('%m/%d/%y', time),
    X: () => formatTime('%H:%M:%S', time),
    y: () => two(time.year % 100),
    Y: () => String(time.year),
    z: () => '+0000',
    Z: () => 'UTC',
  };
  return Object.hasOwn(fields, letter) ? fields[letter]!() : undefined;
}

/** strftime(3). A letter that is none stays as it is. `%-d` leaves out padding. */
export function formatTime(format: string, time: CalendarTime): string {
  return format.replace(/%(-?)([\s\S])/g, (all, flag: string, letter: string) => {
    const text = formatField(letter, time);
    if (text === undefined) return all;
    return flag === '-' ? text.replace(/^[0 ]+(?=.)/, '') : text;
  });
}
