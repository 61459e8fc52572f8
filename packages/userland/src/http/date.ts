/** HTTP dates (RFC 9110 section 5.6.7) and the looser dates of cookies (RFC 6265 section 5.1.1), in seconds since the Unix epoch. */
import { DAY_NAMES, fromCalendar, MONTH_NAMES, pad2, toCalendar, weekday } from '../lib/calendar.ts';

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
export function formatHttpDate(epochSeconds: number): string {
  const t = toCalendar(epochSeconds);
  const day = `${DAY_NAMES[weekday(epochSeconds)]}, ${pad2(t.day)} ${MONTH_NAMES[t.month - 1]} ${String(t.year).padStart(4, '0')}`;
  return `${day} ${pad2(t.hour)}:${pad2(t.minute)}:${pad2(t.second)} GMT`;
}

/** `06/Nov/1994:08:49:37 +0000`, the time of the common log format. */
export function formatLogDate(epochSeconds: number): string {
  const t = toCalendar(epochSeconds);
  const day = `${pad2(t.day)}/${MONTH_NAMES[t.month - 1]}/${t.year}`;
  return `${day}:${pad2(t.hour)}:${pad2(t.minute)}:${pad2(t.second)} +0000`;
}

function monthNumber(name: string): number {
  const key = name.slice(0, 3).toLowerCase();
  return MONTH_NAMES.findIndex((month) => month.toLowerCase() === key) + 1;
}

const IMF = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC850 =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

function assemble(year: string, month: string, day: string, clock: readonly string[]): number | undefined {
  return fromCalendar({
    year: Number(year),
    month: monthNumber(month),
    day: Number(day),
    hour: Number(clock[0]),
    minute: Number(clock[1]),
    second: Number(clock[2]),
  });
}

/** All three forms that a recipient must accept; undefined for anything else. */
export function parseHttpDate(text: string): number | undefined {
  const imf = IMF.exec(text);
  if (imf) return assemble(imf[3]!, imf[2]!, imf[1]!, imf.slice(4, 7));
  const old = RFC850.exec(text);
  // Two-digit years: taken as 1970 to 2069, so that no clock is needed to read one.
  if (old) return assemble(`${Number(old[3]) < 70 ? '20' : '19'}${old[3]}`, old[2]!, old[1]!, old.slice(4, 7));
  const asc = ASCTIME.exec(text);
  return asc ? assemble(asc[6]!, asc[1]!, asc[2]!.trim(), asc.slice(3, 6)) : undefined;
}

interface CookieDateParts {
  clock?: readonly string[];
  day?: string;
  month?: string;
  year?: string;
}

/** RFC 6265 section 5.1.1: tokens in any order, the first that fits each part wins. */
export function parseCookieDate(text: string): number | undefined {
  const parts: CookieDateParts = {};
  for (const token of text.split(/[\t\u0020-\u002f\u003b-\u0040\u005b-\u0060\u007b-\u007e]+/))
    readDateToken(parts, token);
  const { clock, day, month, year } = parts;
  if (!clock || day === undefined || month === undefined || year === undefined) return undefined;
  let number = Number(year);
  if (number >= 70 && number <= 99) number += 1900;
  else if (number <= 69) number += 2000;
  if (number < 1601 || Number(clock[2]) > 59) return undefined;
  return assemble(String(number), month, day, clock);
}

function readDateToken(parts: CookieDateParts, token: string): void {
  const clock = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token);
  if (!parts.clock && clock) {
    parts.clock = clock.slice(1, 4);
    return;
  }
  const day = /^(\d{1,2})(?:\D|$)/.exec(token);
  if (parts.day === undefined && day) {
    parts.day = day[1]!;
    return;
  }
  if (parts.month === undefined && monthNumber(token) > 0) {
    parts.month = token;
    return;
  }
  const year = /^(\d{2,4})(?:\D|$)/.exec(token);
  if (parts.year === undefined && year) parts.year = year[1]!;
}
