/**
 * Times as texts (`YYYY-MM-DD`, with ` hh:mm:ss` behind it or not): moved by intervals, counted, written and read by a format ("Date and Time Functions"). All of it is calendar
 * arithmetic in UTC on whole seconds; what is no time is NULL. Left out: the type TIME, fractions of seconds, dates with a zero in them.
 */
import type { SqliteFunction, SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { type CalendarTime, daysFromDate, fromCalendar, isLeapYear, pad2, toCalendar } from '../../lib/calendar.ts';
import { unsupportedSql } from '../errors.ts';
import type { TimeUnit } from '../language/ast.ts';
import { timeText } from '../types.ts';
import { strict, text } from './strict.ts';
import { formatted, parsed } from './time-format.ts';
import { weekOf } from './week.ts';

/** Of a time alone. */
const ofTime = (run: (time: CalendarTime) => SqliteValue): SqliteFunction =>
  strict((x) => {
    const time = read(text(x));
    return time === undefined ? null : run(time);
  });

export const TIME_FUNCTIONS: Readonly<Record<string, SqliteFunction>> = {
  time_shift: strict((kind, x, by, unit, back) =>
    shifted(text(kind), text(x), Number(by), unit as TimeUnit, back === 1),
  ),
  datediff: strict((a, b) => {
    const [to, from] = [read(text(a)), read(text(b))];
    return to && from ? dayOf(to) - dayOf(from) : null;
  }),
  timestampdiff: strict((unit, a, b) => {
    const [from, to] = [read(text(a)), read(text(b))];
    return from && to ? difference(unit as TimeUnit, from, to) : null;
  }),
  extract: strict((unit, x) => {
    const time = read(text(x));
    return time === undefined ? null : part(text(unit), time);
  }),
  date_format: strict((x, format) => {
    const time = read(text(x));
    return time === undefined ? null : formatted(text(format), time);
  }),
  str_to_date: strict((x, format, kind) => {
    const time = parsed(text(x), text(format));
    return time === undefined ? null : (timeText(written(time, 'datetime'), kind as 'date' | 'datetime') ?? null);
  }),
  last_day: ofTime((time) => written({ ...time, day: monthDays(time.year, time.month) }, 'date')),
  to_days: ofTime((time) => dayOf(time) + EPOCH_DAYS),
  from_days: strict((days) => dateOf(Number(days) - EPOCH_DAYS)),
  makedate: strict((year, day) => {
    if (Number(day) < 1) return null;
    const full = Number(year) < 70 ? 2000 + Number(year) : Number(year) < 100 ? 1900 + Number(year) : Number(year);
    return dateOf(daysFromDate(full, 1, 1) + Number(day) - 1);
  }),
  week: strict((x, mode, withYear) => {
    const time = read(text(x));
    if (time === undefined) return null;
    // Where the year stands in front, weeks before the first belong to the year before.
    const { year, week } = weekOf(time, withYear === 1 ? Number(mode) | 2 : Number(mode));
    return withYear === 1 ? year * 100 + week : week;
  }),
  unix_timestamp: ofTime((time) => Math.max(fromCalendar(time) ?? 0, 0)),
  from_unixtime: strict((seconds) => {
    const whole = Math.trunc(Number(seconds));
    return whole < 0 || whole > 0xffffffff ? null : written(toCalendar(whole), 'datetime');
  }),
};

/** The day that MySQL counts from, year 0. */
const EPOCH_DAYS = 719_528;

/** What is no time in a shape that counts is undefined. */
export function read(value: string): CalendarTime | undefined {
  const known = timeText(value, 'datetime');
  if (known === undefined) return undefined;
  const [year, month, day, hour, minute, second] = known.split(/[- :]/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { year, month, day, hour, minute, second };
}

export function written(time: CalendarTime, kind: 'date' | 'datetime'): string {
  const date = `${String(time.year).padStart(4, '0')}-${pad2(time.month)}-${pad2(time.day)}`;
  return kind === 'date' ? date : `${date} ${pad2(time.hour)}:${pad2(time.minute)}:${pad2(time.second)}`;
}

function dayOf({ year, month, day }: CalendarTime): number {
  return daysFromDate(year, month, day);
}

function dateOf(day: number): string | null {
  const time = toCalendar(day * 86_400);
  return time.year < 0 || time.year > 9999 ? null : written(time, 'date');
}

export function monthDays(year: number, month: number): number {
  return [31, isLeapYear(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
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
function shifted(kind: string, value: string, by: number, unit: TimeUnit, back: boolean): string | null {
  const time = read(value);
  if (time === undefined) return null;
  if (unit === 'SECOND' && !Number.isInteger(by)) throw unsupportedSql('fractions of seconds');
  // Half away from zero.
  const whole = (by < 0 ? -Math.round(-by) : Math.round(by)) * (back ? -1 : 1);
  const moved = movedBy(time, whole, unit);
  if (moved === undefined || moved.year < 0 || moved.year > 9999) return null;
  const hours = unit === 'SECOND' || unit === 'MINUTE' || unit === 'HOUR';
  const shape = kind !== 'text' ? kind : hours || /\d[ T]\d/.test(value) ? 'datetime' : 'date';
  return written(moved, shape as 'date' | 'datetime');
}

/** The 31st of a month that has none is its last day. */
function movedBy(time: CalendarTime, by: number, unit: TimeUnit): CalendarTime | undefined {
  const months = MONTHS.get(unit);
  if (months === undefined) {
    const seconds = (fromCalendar(time) ?? 0) + by * SECONDS.get(unit)!;
    return Math.abs(seconds) > 1e12 ? undefined : toCalendar(seconds);
  }
  const count = time.year * 12 + time.month - 1 + by * months;
  const [year, month] = [Math.floor(count / 12), (((count % 12) + 12) % 12) + 1];
  return { ...time, year, month, day: Math.min(time.day, monthDays(year, month)) };
}

/** Whole units that have gone by. */
function difference(unit: TimeUnit, from: CalendarTime, to: CalendarTime): number {
  const months = MONTHS.get(unit);
  const seconds = (fromCalendar(to) ?? 0) - (fromCalendar(from) ?? 0);
  if (months === undefined) return Math.trunc(seconds / SECONDS.get(unit)!) + 0;
  const [early, late] = seconds < 0 ? [to, from] : [from, to];
  const rest = (time: CalendarTime): number => ((time.day * 24 + time.hour) * 60 + time.minute) * 60 + time.second;
  const whole = (late.year - early.year) * 12 + late.month - early.month - (rest(late) < rest(early) ? 1 : 0);
  const count = Math.floor(whole / months);
  return seconds < 0 && count !== 0 ? -count : count;
}

function part(unit: string, time: CalendarTime): number {
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
