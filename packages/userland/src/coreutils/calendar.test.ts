import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calendarTime, daysFromDate, formatTime } from './calendar.ts';

it('agrees with the calendar of the language, for ten thousand years', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_000_000_000, max: 253_402_300_799 }), (seconds) => {
      const time = calendarTime(seconds);
      const date = new Date(seconds * 1000);
      expect([time.year, time.month, time.day]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ]);
      expect([time.hour, time.minute, time.second]).toEqual([
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ]);
      expect(time.weekday).toBe(date.getUTCDay());
      expect(daysFromDate(time.year, time.month, time.day) * 86_400).toBe(
        seconds - (((seconds % 86_400) + 86_400) % 86_400),
      );
    }),
    { numRuns: 2000 },
  );
});

it('formats what it knows and leaves the rest', () => {
  expect(formatTime('%Y-%m-%d %H:%M:%S %Q %', calendarTime(951_782_400))).toBe('2000-02-29 00:00:00 %Q %');
});
