import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromCalendar, toCalendar, weekday } from './calendar.ts';
import { formatTime } from './strftime.ts';

it('agrees with the calendar of the language, for ten thousand years', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_000_000_000, max: 253_402_300_799 }), (seconds) => {
      const time = toCalendar(seconds);
      const date = new Date(seconds * 1000);
      expect(time).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      });
      expect(weekday(seconds)).toBe(date.getUTCDay());
      expect(fromCalendar(time)).toBe(seconds);
      const yearDay = Math.floor((seconds - Date.UTC(time.year, 0, 1) / 1000) / 86_400) + 1;
      if (time.year >= 100) expect(Number(formatTime('%j', seconds))).toBe(yearDay);
    }),
    { numRuns: 2000 },
  );
});

it('formats what it knows and leaves the rest', () => {
  expect(formatTime('%Y-%m-%d %H:%M:%S %Q %', 951_782_400)).toBe('2000-02-29 00:00:00 %Q %');
  expect(formatTime('%c|%-d|%e|%N|%G-W%V-%u', 1_104_537_605, 7)).toBe(
    'Sat Jan  1 00:00:05 2005|1| 1|000000007|2004-W53-6',
  );
});
