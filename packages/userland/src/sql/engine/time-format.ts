/** DATE_FORMAT writes a time by a format, STR_TO_DATE reads one ("Date and Time Functions"). */
import { type CalendarTime, daysFromDate, pad2 } from '../../lib/calendar.ts';
import { unsupportedSql } from '../errors.ts';
import { type Instant, microText } from '../time-text.ts';
import { weekOf } from './week.ts';

export const MONTHS: readonly string[] =
  'January February March April May June July August September October November December'.split(' ');
export const WEEKDAYS: readonly string[] = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const twelve = (hour: number): number => ((hour + 11) % 12) + 1;
const half = (hour: number): string => (hour < 12 ? 'AM' : 'PM');
const ordinal = (day: number): string =>
  `${day}${day >= 11 && day <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`;
const dayNumber = (time: CalendarTime): number => daysFromDate(time.year, time.month, time.day);
const sundayFirst = (time: CalendarTime): number => (((dayNumber(time) + 4) % 7) + 7) % 7;
const clock = ({ minute, second }: CalendarTime): string => `${pad2(minute)}:${pad2(second)}`;
const four = (year: number): string => String(year).padStart(4, '0');

const WRITE: Readonly<Record<string, (time: Instant) => string>> = {
  Y: ({ year }) => four(year),
  y: ({ year }) => pad2(year % 100),
  m: ({ month }) => pad2(month),
  c: ({ month }) => String(month),
  M: ({ month }) => MONTHS[month - 1]!,
  b: ({ month }) => MONTHS[month - 1]!.slice(0, 3),
  d: ({ day }) => pad2(day),
  e: ({ day }) => String(day),
  D: ({ day }) => ordinal(day),
  j: (time) => String(dayNumber(time) - daysFromDate(time.year, 1, 1) + 1).padStart(3, '0'),
  W: (time) => WEEKDAYS[sundayFirst(time)]!,
  a: (time) => WEEKDAYS[sundayFirst(time)]!.slice(0, 3),
  w: (time) => String(sundayFirst(time)),
  H: ({ hour }) => pad2(hour),
  k: ({ hour }) => String(hour),
  h: ({ hour }) => pad2(twelve(hour)),
  I: ({ hour }) => pad2(twelve(hour)),
  l: ({ hour }) => String(twelve(hour)),
  i: ({ minute }) => pad2(minute),
  S: ({ second }) => pad2(second),
  s: ({ second }) => pad2(second),
  f: ({ micro }) => microText(micro),
  p: ({ hour }) => half(hour),
  T: (time) => `${pad2(time.hour)}:${clock(time)}`,
  r: (time) => `${pad2(twelve(time.hour))}:${clock(time)} ${half(time.hour)}`,
  U: (time) => pad2(weekOf(time, 0).week),
  u: (time) => pad2(weekOf(time, 1).week),
  V: (time) => pad2(weekOf(time, 2).week),
  v: (time) => pad2(weekOf(time, 3).week),
  X: (time) => four(weekOf(time, 2).year),
  x: (time) => four(weekOf(time, 3).year),
};

/** A letter that means nothing stands for itself. */
export function formatted(format: string, time: Instant): string {
  return format.replace(/%([\s\S])/g, (_, letter: string) => WRITE[letter]?.(time) ?? letter);
}

/** Whether a format reads microseconds. */
export function readsMicros(format: string): boolean {
  return format.replaceAll('%%', '').includes('%f');
}

/** What of a time a format can read, whether it has hours; the letters are those of `READ`. */
export function readsHours(format: string): boolean {
  return /%[HkhIlisSTrpf]/.test(format.replaceAll('%%', ''));
}

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'micro' | 'twelve' | 'half';
type Parts = Partial<Record<Field, number>>;

const number = (field: Field, digits: number) => ({ pattern: `\\d{1,${digits}}`, field, value: Number });
const name = (names: readonly string[], length?: number) => ({
  pattern: names.map((each) => each.slice(0, length)).join('|'),
  field: 'month' as const,
  value: (text: string) => names.findIndex((each) => each.slice(0, length).toLowerCase() === text.toLowerCase()) + 1,
});

const READ: Readonly<Record<string, { readonly pattern: string; readonly field: Field; value(text: string): number }>> =
  {
    Y: number('year', 4),
    y: { ...number('year', 2), value: (text) => Number(text) + (Number(text) < 70 ? 2000 : 1900) },
    m: number('month', 2),
    c: number('month', 2),
    M: name(MONTHS),
    b: name(MONTHS, 3),
    d: number('day', 2),
    e: number('day', 2),
    H: number('hour', 2),
    k: number('hour', 2),
    h: number('twelve', 2),
    I: number('twelve', 2),
    l: number('twelve', 2),
    i: number('minute', 2),
    s: number('second', 2),
    S: number('second', 2),
    f: { ...number('micro', 6), value: (text) => Number(text.padEnd(6, '0')) },
    p: { pattern: 'AM|PM', field: 'half', value: (text) => (/^p/i.test(text) ? 12 : 0) },
  };

/** The time that a text tells in this format, or undefined; a date must be whole. */
export function parsed(text: string, format: string): Instant | undefined {
  const parts: Parts = {};
  let at = 0;
  const plain = format.replaceAll('%T', '%H:%i:%s').replaceAll('%r', '%h:%i:%s %p');
  for (let i = 0; i < plain.length; i++) {
    while (/\s/.test(text[at] ?? '')) at++;
    const c = plain[i]!;
    if (/\s/.test(c)) continue;
    if (c !== '%') {
      if (text[at++] !== c) return undefined;
      continue;
    }
    const letter = plain[++i] ?? '';
    const spec = READ[letter];
    if (spec === undefined) throw unsupportedSql(`%${letter} in STR_TO_DATE`);
    const match = new RegExp(spec.pattern, 'iy');
    match.lastIndex = at;
    const found = match.exec(text)?.[0];
    if (found === undefined) return undefined;
    parts[spec.field] = spec.value(found);
    at += found.length;
  }
  return wholeTime(parts);
}

function wholeTime({
  year,
  month,
  day,
  hour,
  minute = 0,
  second = 0,
  micro = 0,
  twelve: twelfth,
  half: noon = 0,
}: Parts): Instant | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (twelfth !== undefined && (twelfth < 1 || twelfth > 12)) return undefined;
  const hours = hour ?? (twelfth === undefined ? 0 : (twelfth % 12) + noon);
  return { year, month, day, hour: hours, minute, second, micro };
}
