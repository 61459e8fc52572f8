/** Functions over times ("Date and Time Functions") and `x + INTERVAL n unit`. Times come from the statement's own instant, in UTC. */
import { unsupportedSql } from '../errors.ts';
import type { TimeUnit } from '../language/ast.ts';
import { BIGINT, DATE, DATETIME, INT, TEXT } from '../types.ts';
import { type CallTable, type Make, mixed } from './call-table.ts';
import { asNumber, asText, isTime } from './conversions.ts';
import { literal } from './fragments.ts';
import type { Piece } from './scope.ts';
import { readsHours } from './time-format.ts';

/** A time and an interval: a date stays one unless hours are added; a text stays a text. */
export function shiftPiece(x: Piece, by: Piece, unit: TimeUnit, back: boolean): Piece {
  const { k } = x.type;
  if (!isTime(x.type) && k !== 'text' && k !== 'null') throw unsupportedSql('INTERVAL beside what is no time');
  const hours = unit === 'SECOND' || unit === 'MINUTE' || unit === 'HOUR';
  const type = k === 'date' && !hours ? DATE : isTime(x.type) ? DATETIME : TEXT;
  const kind = type === TEXT ? 'text' : type.k;
  return {
    sql: `my_time_shift('${kind}', ${asText(x).sql}, ${asNumber(by).sql}, '${unit}', ${back ? 1 : 0})`,
    type,
  };
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
  const type = readsHours(format!.constant) ? DATETIME : DATE;
  return { sql: `my_str_to_date(${asText(x!).sql}, ${literal(format!.constant)}, '${type.k}')`, type };
};

const fromUnixTime: Make = ([x, format]) => {
  const time = `my_from_unixtime(${asNumber(x!).sql})`;
  return format === undefined
    ? { sql: time, type: DATETIME }
    : { sql: `my_date_format(${time}, ${asText(format).sql})`, type: TEXT };
};

export const TIME_CALLS: CallTable = [
  ['DATE', 1, 1, ([x]) => ({ sql: `my_time('date', ${asText(x!).sql})`, type: DATE })],
  ['TIMESTAMP', 1, 1, ([x]) => ({ sql: `my_time('datetime', ${asText(x!).sql})`, type: DATETIME })],
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
  ['UNIX_TIMESTAMP', 1, 1, mixed('unix_timestamp', 't', BIGINT)],
  ['FROM_UNIXTIME', 1, 2, fromUnixTime],
];
