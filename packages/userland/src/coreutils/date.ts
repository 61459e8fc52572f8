/** date(1): the host's clock, in UTC. Setting the clock is not offered. */
import { fromCalendar } from '../lib/calendar.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { formatTime } from '../lib/strftime.ts';
import { quote, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'date',
  usage: 'date [-u] [-d @seconds | -d "YYYY-MM-DD [hh:mm[:ss]]"] [-I | -R] [+format]',
  options: [
    { names: ['-u', '--utc', '--universal'], help: 'UTC (hosts know no other zone)' },
    { names: ['-d', '--date'], value: 'time', help: 'this time, not the present' },
    { names: ['-I', '--iso-8601'], help: 'as 2026-01-31' },
    { names: ['-R', '--rfc-email'], help: 'as Sat, 31 Jan 2026 00:00:00 +0000' },
  ],
};

const NS_PER_SECOND = 1_000_000_000;

/** Seconds of `@seconds` or of a date in ISO form; undefined for anything else. */
function parseDate(text: string): number | undefined {
  if (/^@-?[0-9]{1,12}$/.test(text)) return Number(text.slice(1));
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?(?:Z| UTC)?$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((field) => Number(field ?? 0));
  // GNU date knows no leap seconds.
  if (second! > 59) return undefined;
  return fromCalendar({ year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! });
}

export const main = tool(options, async ({ sys, options: given, operands }) => {
  const format = operands[0];
  if (format !== undefined && !format.startsWith('+')) throw new ToolError(`invalid date ${quote(format)}`);
  if (operands[1] !== undefined) throw new ToolError(`extra operand ${quote(operands[1])}`);
  const stated = given.value('-d');
  const nowNs = await sys.clock_gettime('realtime');
  const seconds = stated === undefined ? Math.floor(nowNs / NS_PER_SECOND) : parseDate(stated);
  if (seconds === undefined) throw new ToolError(`invalid date ${quote(stated ?? '')}`);
  const nanosecond = stated === undefined ? nowNs - seconds * NS_PER_SECOND : 0;
  let shown = '%a %b %e %H:%M:%S UTC %Y';
  if (given.has('-I')) shown = '%Y-%m-%d';
  else if (given.has('-R')) shown = '%a, %d %b %Y %H:%M:%S +0000';
  await print(sys, `${formatTime(format === undefined ? shown : format.slice(1), seconds, nanosecond)}\n`);
  return 0;
});
