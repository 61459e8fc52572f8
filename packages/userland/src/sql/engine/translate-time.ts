/** Functions over times ("Date and Time Functions") and `x + INTERVAL n unit`. Times come from the statement's own instant, in UTC. */
import { unsupportedSql } from '../errors.ts';
import type { TimeUnit } from '../language/ast.ts';
import { FRACTION_MAX } from '../time-text.ts';
import { BIGINT, DATE, DATETIME, datetime, decimal, INT, TEXT } from '../types.ts';
import { type CallTable, type Make, mixed } from './call-table.ts';
import { asNumber, asText, fractionDigits, isTime, scaleOf } from './conversions.ts';
import { literal } from './fragments.ts';
import type { Piece } from './scope.ts';
import { readsHours, readsMicros } from './time-format.ts';
import { isOfHours } from './time-functions.ts';

/** A time and an interval: a date stays one unless hours are added; a text stays a text. */
export function shiftPiece(x: Piece, by: Piece, unit: TimeUnit, back: boolean): Piece {
  const { k } = x.type;
  if (!isTime(x.type) && k !== 'text' && k !== 'null') throw unsupportedSql('INTERVAL beside what is no time');
  const number = asNumber(by);
  const digits = Math.max(isTime(x.type) ? fractionDigits(x) : 0, unitDigits(unit, number));
  const type = k === 'date' && !isOfHours(unit) ? DATE : isTime(x.type) ? datetime(digits) : TEXT;
  const kind = type === TEXT ? 'text' : type.k;
  return {
    sql: `my_time_shift('${kind}', ${asText(x).sql}, ${number.sql}, '${unit}', ${back ? 1 : 0}, ${digits})`,
    type,
  };
}

/** Digits of a fraction of a second that an interval brings in. */
function unitDigits(unit: TimeUnit, { type }: Piece): number {
  if (unit === 'MICROSECOND') return FRACTION_MAX;
  if (unit !== 'SECOND') return 0;
  return type.k === 'double' || type.k === 'float' ? FRACTION_MAX : Math.min(scaleOf(type), FRACTION_MAX);
}

const part =
  (unit: string): Make =>
  ([x]) => ({ sql: `my_extract('${unit}', ${asText(x!).sql})`, type: INT });

const formatAs =
  (format: string): Make =>
  ([x]) => ({ sql: `my_date_format(${asText(x!).sql}, '${format}')`, type: TEXT });

const week =
  (mode: number | undefined, withYear: 0 | 1): Make =>
  ([x, own]) => ({
    sql: `my_week(${asText(x!).sql}, ${mode ?? (own === undefined ? 0 : asNumber(own).sql)}, ${withYear})`,
    type: INT,
  });

/** The format decides what comes out. */
const strToDate: Make = ([x, format]) => {
  // A parameter whose value is not known yet, or NULL.
  if (format!.type.k === 'null') return { sql: 'NULL', type: DATETIME };
  if (typeof format!.constant !== 'string') throw unsupportedSql('STR_TO_DATE with a computed format');
  const fraction = readsMicros(format!.constant) ? FRACTION_MAX : 0;
  const type = readsHours(format!.constant) ? datetime(fraction) : DATE;
  return { sql: `my_str_to_date(${asText(x!).sql}, ${literal(format!.constant)}, '${type.k}', ${fraction})`, type };
};

const fromUnixTime: Make = ([x, format]) => {
  const seconds = asNumber(x!);
  const digits = unitDigits('SECOND', seconds);
  const time = `my_from_unixtime(${seconds.sql}, ${digits})`;
  return format === undefined
    ? { sql: time, type: datetime(digits) }
    : { sql: `my_date_format(${time}, ${asText(format).sql})`, type: TEXT };
};

const unixTimestamp: Make = ([x]) => {
  const digits = x!.type.k === 'datetime' || typeof x!.constant === 'string' ? fractionDigits(x!) : 0;
  const type = digits === 0 ? BIGINT : decimal(digits);
  return { sql: `my_unix_timestamp(${asText(x!).sql}, ${digits})`, type };
};

const timestamp: Make = ([x]) => {
  const digits = fractionDigits(x!);
  return { sql: `my_time('datetime', ${asText(x!).sql}, ${digits})`, type: datetime(digits) };
};

export const TIME_CALLS: CallTable = [
  ['DATE', 1, 1, ([x]) => ({ sql: `my_time('date', ${asText(x!).sql}, 0)`, type: DATE })],
  ['TIMESTAMP', 1, 1, timestamp],
  ['YEAR', 1, 1, part('YEAR')],
  ['QUARTER', 1, 1, part('QUARTER')],
  ['MONTH', 1, 1, part('MONTH')],
  ['DAY', 1, 1, part('DAY')],
  ['DAYOFMONTH', 1, 1, part('DAY')],
  ['DAYOFWEEK', 1, 1, part('DAYOFWEEK')],
  ['DAYOFYEAR', 1, 1, part('DAYOFYEAR')],
  ['WEEKDAY', 1, 1, part('WEEKDAY')],
  ['HOUR', 1, 1, part('HOUR')],
  ['MINUTE', 1, 1, part('MINUTE')],
  ['SECOND', 1, 1, part('SECOND')],
  ['MICROSECOND', 1, 1, part('MICROSECOND')],
  ['EXTRACT', 2, 2, ([unit, x]) => part(String(unit!.constant))([x!])],
  ['WEEK', 1, 2, week(undefined, 0)],
  ['WEEKOFYEAR', 1, 1, week(3, 0)],
  ['YEARWEEK', 1, 2, week(undefined, 1)],
  ['MONTHNAME', 1, 1, formatAs('%M')],
  ['DAYNAME', 1, 1, formatAs('%W')],
  ['DATE_FORMAT', 2, 2, mixed('date_format', 'tt')],
  ['STR_TO_DATE', 2, 2, strToDate],
  ['DATEDIFF', 2, 2, mixed('datediff', 'tt', INT)],
  ['TIMESTAMPDIFF', 3, 3, mixed('timestampdiff', 'ttt', BIGINT)],
  ['LAST_DAY', 1, 1, mixed('last_day', 't', DATE)],
  ['TO_DAYS', 1, 1, mixed('to_days', 't', INT)],
  ['FROM_DAYS', 1, 1, mixed('from_days', 'n', DATE)],
  ['MAKEDATE', 2, 2, mixed('makedate', 'nn', DATE)],
  ['UNIX_TIMESTAMP', 1, 1, unixTimestamp],
  ['FROM_UNIXTIME', 1, 2, fromUnixTime],
];
