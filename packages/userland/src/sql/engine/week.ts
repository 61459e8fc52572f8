/** Weeks of the year by the eight modes of WEEK() ("Date and Time Functions"): on which day a week begins, and which week is the first. */
import { type CalendarTime, daysFromDate, isLeapYear } from '../../lib/calendar.ts';

export interface Week {
  readonly year: number;
  readonly week: number;
}

export function weekOf(time: CalendarTime, mode: number): Week {
  const mondayFirst = (mode & 1) !== 0;
  // Weeks are numbered from 1: those before the first belong to the year before.
  let countsOn = (mode & 2) !== 0;
  // The first week has the first day that begins a week; else the first four days of the year or more.
  const wholeFirst = ((mode & 4) !== 0) === mondayFirst;
  let { year } = time;
  const day = daysFromDate(time.year, time.month, time.day);
  let newYear = daysFromDate(year, 1, 1);
  let weekday = (((newYear + (mondayFirst ? 3 : 4)) % 7) + 7) % 7;
  const startsLate = (): boolean => (wholeFirst ? weekday !== 0 : weekday >= 4);
  if (time.month === 1 && time.day <= 7 - weekday && startsLate()) {
    if (!countsOn) return { year, week: 0 };
    year--;
    newYear -= yearDays(year);
    weekday = (weekday + 53 * 7 - yearDays(year)) % 7;
    countsOn = true;
  }
  const days = day - (startsLate() ? newYear + 7 - weekday : newYear - weekday);
  if (countsOn && days >= 52 * 7) {
    weekday = (weekday + yearDays(year)) % 7;
    if (!startsLate()) return { year: year + 1, week: 1 };
  }
  return { year, week: Math.floor(days / 7) + 1 };
}

function yearDays(year: number): number {
  return isLeapYear(year) ? 366 : 365;
}
