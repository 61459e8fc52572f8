/** strftime(3) in the C locale, for UTC: instants in seconds since the Unix epoch as text. */
import { type CalendarTime, DAY_NAMES, daysFromDate, MONTH_NAMES, pad2, toCalendar, weekday } from './calendar.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const DAY_SECONDS = 86_400;

interface Shown extends CalendarTime {
  readonly epochSeconds: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
}

function shownOf(epochSeconds: number, nanosecond: number): Shown {
  const time = toCalendar(epochSeconds);
  const yearDay = Math.floor(epochSeconds / DAY_SECONDS) - daysFromDate(time.year, 1, 1) + 1;
  return { ...time, epochSeconds, nanosecond, weekday: weekday(epochSeconds), yearDay };
}

function blank2(value: number): string {
  return String(value).padStart(2);
}

function hour12(hour: number): number {
  return hour % 12 === 0 ? 12 : hour % 12;
}

/** ISO 8601 week and its year: those of the week's Thursday. */
function isoWeek({ epochSeconds, weekday }: Shown): { readonly week: number; readonly year: number } {
  const { year, yearDay } = shownOf(epochSeconds + (3 - ((weekday + 6) % 7)) * DAY_SECONDS, 0);
  return { week: Math.floor((yearDay - 1) / 7) + 1, year };
}

type Field = (time: Shown) => string;

const FIELDS: ReadonlyMap<string, Field | string> = new Map<string, Field | string>([
  ['%', () => '%'],
  ['a', ({ weekday }) => DAY_NAMES[weekday]!],
  ['A', ({ weekday }) => WEEKDAYS[weekday]!],
  ['b', ({ month }) => MONTH_NAMES[month - 1]!],
  ['B', ({ month }) => MONTHS[month - 1]!],
  ['c', '%a %b %e %H:%M:%S %Y'],
  ['C', ({ year }) => pad2(Math.floor(year / 100))],
  ['d', ({ day }) => pad2(day)],
  ['D', '%m/%d/%y'],
  ['e', ({ day }) => blank2(day)],
  ['F', '%Y-%m-%d'],
  ['G', (time) => String(isoWeek(time).year)],
  ['h', '%b'],
  ['H', ({ hour }) => pad2(hour)],
  ['I', ({ hour }) => pad2(hour12(hour))],
  ['j', ({ yearDay }) => String(yearDay).padStart(3, '0')],
  ['k', ({ hour }) => blank2(hour)],
  ['l', ({ hour }) => blank2(hour12(hour))],
  ['m', ({ month }) => pad2(month)],
  ['M', ({ minute }) => pad2(minute)],
  ['n', () => '\n'],
  ['N', ({ nanosecond }) => String(nanosecond).padStart(9, '0')],
  ['p', ({ hour }) => (hour < 12 ? 'AM' : 'PM')],
  ['P', ({ hour }) => (hour < 12 ? 'am' : 'pm')],
  ['r', '%I:%M:%S %p'],
  ['R', '%H:%M'],
  ['s', ({ epochSeconds }) => String(epochSeconds)],
  ['S', ({ second }) => pad2(second)],
  ['t', () => '\t'],
  ['T', '%H:%M:%S'],
  ['u', ({ weekday }) => String(weekday === 0 ? 7 : weekday)],
  ['U', ({ yearDay, weekday }) => pad2(Math.floor((yearDay + 6 - weekday) / 7))],
  ['V', (time) => pad2(isoWeek(time).week)],
  ['w', ({ weekday }) => String(weekday)],
  ['W', ({ yearDay, weekday }) => pad2(Math.floor((yearDay + 6 - ((weekday + 6) % 7)) / 7))],
  ['x', '%m/%d/%y'],
  ['X', '%H:%M:%S'],
  ['y', ({ year }) => pad2(year % 100)],
  ['Y', ({ year }) => String(year)],
  ['z', () => '+0000'],
  ['Z', () => 'UTC'],
]);

/** A letter that is none stays as it is. `%-d` leaves out padding. */
export function formatTime(format: string, epochSeconds: number, nanosecond = 0): string {
  return filled(format, shownOf(epochSeconds, nanosecond));
}

function filled(format: string, time: Shown): string {
  return format.replace(/%(-?)([\s\S])/g, (all, flag: string, letter: string) => {
    const field = FIELDS.get(letter);
    if (field === undefined) return all;
    const text = typeof field === 'string' ? filled(field, time) : field(time);
    return flag === '-' ? text.replace(/^[0 ]+(?=.)/, '') : text;
  });
}
