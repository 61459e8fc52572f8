/**
 * Times as texts (time-text.ts): moved by intervals, counted, written and read by a format ("Date and Time Functions"). All of it is calendar arithmetic in UTC on
 * microseconds; what is no time is NULL. Left out: the type TIME, dates with a zero in them.
 */
import type { SqliteFunction, SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { type CalendarTime, daysFromDate, fromCalendar, toCalendar } from '../../lib/calendar.ts';
import type { TimeUnit } from '../language/ast.ts';
import {
  FRACTION_MAX,
  fractionOf,
  type Instant,
  microText,
  monthDays,
  readTime,
  timeText,
  writtenTime,
} from '../time-text.ts';
import { decimalText } from '../types.ts';
import { strict, text } from './strict.ts';
import { formatted, parsed } from './time-format.ts';
import { weekOf } from './week.ts';

/** Of a time alone. */
const ofTime = (run: (time: Instant) => SqliteValue): SqliteFunction =>
  strict((x) => {
    const time = readTime(text(x));
    return time === undefined ? null : run(time);
  });

export const TIME_FUNCTIONS: Readonly<Record<string, SqliteFunction>> = {
  time_shift: strict((kind, x, by, unit, back, fraction) =>
    shifted(
      { kind: text(kind), fraction: fraction as number },
      text(x),
      back === 1 ? -Number(by) : Number(by),
      unit as TimeUnit,
    ),
  ),
  datediff: strict((a, b) => {
    const [to, from] = [readTime(text(a)), readTime(text(b))];
    return to && from ? dayOf(to) - dayOf(from) : null;
  }),
  timestampdiff: strict((unit, a, b) => {
    const [from, to] = [readTime(text(a)), readTime(text(b))];
    return from && to ? difference(unit as TimeUnit, from, to) : null;
  }),
  extract: strict((unit, x) => {
    const time = readTime(text(x));
    return time === undefined ? null : part(text(unit), time);
  }),
  date_format: strict((x, format) => {
    const time = readTime(text(x));
    return time === undefined ? null : formatted(text(format), time);
  }),
  str_to_date: strict((x, format, kind, fraction) => {
    const time = parsed(text(x), text(format));
    const whole = time && writtenTime(time, 'datetime', FRACTION_MAX);
    return (whole && timeText(whole, kind as 'date' | 'datetime', fraction as number)) ?? null;
  }),
  last_day: ofTime((time) => writtenTime({ ...time, day: monthDays(time.year, time.month) }, 'date')),
  to_days: ofTime((time) => dayOf(time) + EPOCH_DAYS),
  from_days: strict((days) => dateOf(Number(days) - EPOCH_DAYS)),
  makedate: strict((year, day) => {
    if (Number(day) < 1) return null;
    const full = Number(year) < 70 ? 2000 + Number(year) : Number(year) < 100 ? 1900 + Number(year) : Number(year);
    return dateOf(daysFromDate(full, 1, 1) + Number(day) - 1);
  }),
  week: strict((x, mode, withYear) => {
    const time = readTime(text(x));
    if (time === undefined) return null;
    // Where the year stands in front, weeks before the first belong to the year before.
    const { year, week } = weekOf(time, withYear === 1 ? Number(mode) | 2 : Number(mode));
    return withYear === 1 ? year * 100 + week : week;
  }),
  unix_timestamp: strict((x, fraction) => {
    const time = readTime(text(x));
    if (time === undefined) return null;
    const seconds = Math.max(fromCalendar(time) ?? 0, 0);
    return fraction === 0 ? seconds : Number(`${seconds}.${microText(time.micro).slice(0, fraction as number)}`);
  }),
  from_unixtime: strict((seconds, fraction) => {
    const [whole, digits = ''] = decimalText(Number(seconds), FRACTION_MAX).split('.');
    const known = Number(whole);
    if (known < 0 || known > 0xffffffff) return null;
    return writtenTime({ ...toCalendar(known), micro: Number(digits) }, 'datetime', fraction as number);
  }),
};

/** The day that MySQL counts from, year 0. */
const EPOCH_DAYS = 719_528;

function dayOf({ year, month, day }: CalendarTime): number {
  return daysFromDate(year, month, day);
}

function dateOf(day: number): string | null {
  const time = toCalendar(day * 86_400);
  return time.year < 0 || time.year > 9999 ? null : writtenTime(time, 'date');
}

const MONTHS: ReadonlyMap<string, number> = new Map([
  ['MONTH', 1],
  ['QUARTER', 3],
  ['YEAR', 12],
]);
const SECONDS: ReadonlyMap<string, number> = new Map([
  ['SECOND', 1],
  ['MINUTE', 60],
  ['HOUR', 3600],
  ['DAY', 86_400],
  ['WEEK', 604_800],
]);

/** `kind` is what comes out; of a text the same shape, unless hours are added to a date. */
function shifted(
  { kind, fraction }: { readonly kind: string; readonly fraction: number },
  value: string,
  by: number,
  unit: TimeUnit,
): string | null {
  const time = readTime(value);
  if (time === undefined) return null;
  const moved =
    unit === 'SECOND' || unit === 'MICROSECOND' ? movedByMicros(time, by, unit) : movedBy(time, rounded(by), unit);
  if (moved === undefined || moved.year < 0 || moved.year > 9999) return null;
  const shape = kind !== 'text' ? kind : isOfHours(unit) || /\d[ T]\d/.test(value) ? 'datetime' : 'date';
  return writtenTime(
    moved,
    shape as 'date' | 'datetime',
    kind === 'text' ? Math.max(fraction, fractionOf(value)) : fraction,
  );
}

/** Whether a date becomes more than that by it. */
export function isOfHours(unit: TimeUnit): boolean {
  return /^(MICROSECOND|SECOND|MINUTE|HOUR)$/.test(unit);
}

/** Half away from zero. */
function rounded(by: number): number {
  return by < 0 ? -Math.round(-by) : Math.round(by);
}

function movedByMicros(time: Instant, by: number, unit: 'SECOND' | 'MICROSECOND'): Instant | undefined {
  const micros = time.micro + rounded(unit === 'SECOND' ? by * 1e6 : by);
  const seconds = Math.floor(micros / 1e6);
  const moved = movedBy(time, seconds, 'SECOND');
  return moved && { ...moved, micro: micros - seconds * 1e6 };
}

/** The 31st of a month that has none is its last day. */
function movedBy(time: Instant, by: number, unit: TimeUnit): Instant | undefined {
  const months = MONTHS.get(unit);
  if (months === undefined) {
    const seconds = (fromCalendar(time) ?? 0) + by * SECONDS.get(unit)!;
    return Math.abs(seconds) > 1e12 ? undefined : { ...toCalendar(seconds), micro: time.micro };
  }
  const count = time.year * 12 + time.month - 1 + by * months;
  const [year, month] = [Math.floor(count / 12), (((count % 12) + 12) % 12) + 1];
  return { ...time, year, month, day: Math.min(time.day, monthDays(year, month)) };
}

/** Whole units that have gone by. */
function difference(unit: TimeUnit, from: Instant, to: Instant): number {
  const months = MONTHS.get(unit);
  const micros = ((fromCalendar(to) ?? 0) - (fromCalendar(from) ?? 0)) * 1e6 + to.micro - from.micro;
  if (months === undefined) return Math.trunc(micros / (unit === 'MICROSECOND' ? 1 : SECONDS.get(unit)! * 1e6)) + 0;
  const [early, late] = micros < 0 ? [to, from] : [from, to];
  const rest = (time: Instant): number =>
    (((time.day * 24 + time.hour) * 60 + time.minute) * 60 + time.second) * 1e6 + time.micro;
  const whole = (late.year - early.year) * 12 + late.month - early.month - (rest(late) < rest(early) ? 1 : 0);
  const count = Math.floor(whole / months);
  return micros < 0 && count !== 0 ? -count : count;
}

function part(unit: string, time: Instant): number {
  switch (unit) {
    case 'YEAR':
      return time.year;
    case 'QUARTER':
      return Math.ceil(time.month / 3);
    case 'MONTH':
      return time.month;
    case 'WEEK':
      return weekOf(time, 0).week;
    case 'DAY':
      return time.day;
    case 'HOUR':
      return time.hour;
    case 'MINUTE':
      return time.minute;
    case 'SECOND':
      return time.second;
    case 'MICROSECOND':
      return time.micro;
    case 'DAYOFYEAR':
      return dayOf(time) - daysFromDate(time.year, 1, 1) + 1;
    // Sunday is 1.
    case 'DAYOFWEEK':
      return ((((dayOf(time) + 4) % 7) + 7) % 7) + 1;
    // Monday is 0.
    default:
      return (((dayOf(time) + 3) % 7) + 7) % 7;
  }
}
