/** Functions that are carried out, by name; others are error 1305. Times come from the statement's own instant; nothing here depends on chance. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Expr } from '../language/ast.ts';
import { specialCallNames } from '../language/special-call.ts';
import { isWindowFunction, windowFunctionNames } from '../language/window.ts';
import { FRACTION_MAX, timeText } from '../time-text.ts';
import { BIGINT, DATE, DECIMAL_DIGITS, DOUBLE, datetime, decimal, INT, TEXT } from '../types.ts';
import { arithmetic, decimalOf } from './arithmetic.ts';
import { type CallTable, MANY, type Make, madeOf, mixed, text } from './call-table.ts';
import { asBytes, asNumber, asText, commonType, inType, scaleOf, truth, valuePiece } from './conversions.ts';
import { literal } from './fragments.ts';
import type { Piece } from './scope.ts';
import type { SessionView } from './session-view.ts';
import { compared, folded, ordered } from './text-comparison.ts';
import { compare, expressionPiece, type Position } from './translate-expression.ts';
import { JSON_CALLS } from './translate-json.ts';
import { TEXT_CALLS, tens } from './translate-text.ts';
import { TIME_CALLS } from './translate-time.ts';
import { overText, windowPiece } from './translate-window.ts';
import type { Translator } from './translator.ts';

type Call = Expr & { k: 'call' };

export function callPiece(translator: Translator, call: Call, at: Position): Piece {
  if (isWindowFunction(call.name)) return windowPiece(translator, call, at);
  if (AGGREGATES.has(call.name)) {
    if (call.over !== undefined) return aggregatePiece(translator, call, at, overText(translator, call.over, at));
    if (at.noAggregates === true) throw sqlError(1111);
    return at.scope.aggregated(() => aggregatePiece(translator, call, at, ''));
  }
  const qualifier = translator.session.database === undefined ? '' : `${translator.session.database}.`;
  if (call.distinct) throw sqlError(1305, qualifier, call.name);
  const own = sessionPiece(translator, call);
  if (own !== undefined) return own;
  const spec = FUNCTIONS.get(call.name);
  if (spec === undefined)
    throw LEFT_OUT.test(call.name) ? unsupportedSql(call.name) : sqlError(1305, qualifier, call.name);
  const [, min, max, make] = spec;
  if (call.args.length < min || call.args.length > max) throw sqlError(1582, call.name);
  return make(call.args.map((arg) => expressionPiece(translator, arg, at)));
}

/** Functions that MySQL has and this server has not. */
const LEFT_OUT =
  /^(JSON_\w+|ST_\w+|AES_\w+|STD|STDDEV\w*|VAR_\w+|VARIANCE|BIT_(AND|OR|XOR)|ANY_VALUE|TIME|(ADD|SUB)TIME|TIMEDIFF|(CUR|MAKE)TIME|CURRENT_TIME|UTC_TIME|TIME_FORMAT|TIME_TO_SEC|SEC_TO_TIME|TO_SECONDS|PERIOD_\w+|CONVERT_TZ|GET_FORMAT|COT|PI|FROM_BASE64|SOUNDEX|EXPORT_SET|MAKE_SET|LOAD_FILE|(UN)?COMPRESS|UUID_SHORT|UUID_TO_BIN|BIN_TO_UUID|SLEEP|BENCHMARK|(GET|RELEASE|IS_FREE|IS_USED)_LOCK|INET6_\w+|CHARSET|COLLATION|COERCIBILITY|GROUPING)$/;
const AGGREGATES: ReadonlySet<string> = new Set(['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'GROUP_CONCAT']);

/** `over`: the window that it works on, in place of a group. */
function aggregatePiece(translator: Translator, call: Call, at: Position, over: string): Piece {
  if (over !== '' && (call.distinct || call.name === 'GROUP_CONCAT'))
    throw unsupportedSql(`${call.name}${call.distinct ? '(DISTINCT)' : ''} as a window function`);
  if (call.star) return { sql: `count(*)${over}`, type: BIGINT, notNull: true };
  if (call.args.length > 1 && call.name === 'COUNT' && call.distinct) return countOfRows(translator, call, at);
  if (call.args.length !== 1) throw call.name === 'COUNT' ? sqlError(1064, '', 1) : sqlError(1582, call.name);
  // Of groups there may be an aggregate over a window, not the other way round.
  const x = expressionPiece(translator, call.args[0]!, {
    ...at,
    noAggregates: over === '',
    windows: false,
    inAggregate: over === '',
  });
  const distinct = call.distinct ? 'DISTINCT ' : '';
  switch (call.name) {
    case 'COUNT':
      return { sql: `count(${distinct}${compared(x)})${over}`, type: BIGINT, notNull: true };
    case 'MIN':
    case 'MAX':
      return aggregated(x, `${call.name.toLowerCase()}(${compared(x)})${over}`);
    case 'GROUP_CONCAT':
      return groupConcat(translator, call, x, { ...at, inAggregate: true });
    default:
      return sumPiece(call.name === 'AVG', distinct, asNumber(x), over);
  }
}

/** A value of the group, of which SQLite does not know how it compares any more. */
function aggregated({ collation: _, explicit: __, ...x }: Piece, sql: string): Piece {
  return { ...x, sql };
}

/** COUNT(DISTINCT a, b): rows with a NULL do not count. */
function countOfRows(translator: Translator, call: Call, at: Position): Piece {
  const inside = { ...at, noAggregates: true, windows: false, inAggregate: true };
  const parts = call.args.flatMap((arg) => folded([expressionPiece(translator, arg, inside)])).map(({ sql }) => sql);
  return { sql: `count(DISTINCT my_tuple(${parts.join(', ')}))`, type: BIGINT, notNull: true };
}

/** The sum of exact values is exact: DECIMAL; the mean has four digits more. */
function sumPiece(average: boolean, distinct: string, { sql, type, loose }: Piece, over: string): Piece {
  const sum = `sum(${distinct}${sql})${over}`;
  if (type.k === 'double' || type.k === 'float' || type.k === 'null')
    return { sql: average ? `avg(${distinct}${sql})${over}` : sum, type: DOUBLE };
  // Values of DISTINCT and of a window are kept in a table first, which rounds them.
  const digits = distinct === '' && over === '' ? loose : undefined;
  const whole = { sql: sum, type, ...(digits && { loose: digits }) };
  if (average) return arithmetic('/', whole, { sql: `count(${distinct}${sql})${over}`, type: BIGINT });
  return type.k === 'int' ? { sql: sum, type: decimal(0) } : decimalOf(sum, scaleOf(type), digits);
}

function groupConcat(
  translator: Translator,
  { distinct, separator = ',', orderBy = [] }: Call,
  x: Piece,
  at: Position,
): Piece {
  const order = orderBy.map(
    ({ expr, descending }) => `${ordered(expressionPiece(translator, expr, at))}${descending ? ' DESC' : ''}`,
  );
  const sorting = order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '';
  if (!distinct)
    return { sql: `group_concat(${asText(x).sql}, ${literal(separator)}${sorting})`, type: madeOf([x], TEXT) };
  // SQLite's own has no separator beside DISTINCT.
  return {
    sql: `my_group(json_group_array(DISTINCT ${compared(asText(x))}${sorting}), ${literal(separator)})`,
    type: madeOf([x], TEXT),
  };
}

/** Calls for the instant of the statement. */
const NOW_CALLS = 'NOW SYSDATE UTC_TIMESTAMP LOCALTIME LOCALTIMESTAMP CURRENT_TIMESTAMP'.split(' ');
/** Calls that depend on the session or on the statement. */
const SESSION_CALLS = [
  ...NOW_CALLS,
  ...'UTC_DATE CURDATE CURRENT_DATE'.split(' '),
  ...'DATABASE SCHEMA USER CURRENT_USER SESSION_USER VERSION CONNECTION_ID'.split(' '),
  ...'LAST_INSERT_ID ROW_COUNT FOUND_ROWS VALUES'.split(' '),
];

/** Whether a call is the same for the same arguments, whenever and by whomever it is made. */
export function isConstantCall({ name, args }: Call): boolean {
  if (AGGREGATES.has(name) || isWindowFunction(name) || SESSION_CALLS.includes(name)) return false;
  return !(name === 'UNIX_TIMESTAMP' && args.length === 0);
}

function sessionPiece(translator: Translator, call: Call): Piece | undefined {
  const { name, args } = call;
  if (name === 'VALUES') {
    const [column] = args;
    if (column?.k !== 'column') throw sqlError(1582, name);
    return translator.insertedValue(column.name);
  }
  const { session } = translator;
  if (NOW_CALLS.includes(name) && args.length <= 1) return nowPiece(session, name, args[0]);
  if (args.length > 0) return undefined;
  switch (name) {
    case 'UNIX_TIMESTAMP':
      return { sql: `my_unix_timestamp(${literal(session.now)}, 0)`, type: BIGINT };
    case 'UTC_DATE':
    case 'CURDATE':
    case 'CURRENT_DATE':
      return { ...valuePiece(session.now.slice(0, 10)), type: DATE };
    case 'DATABASE':
    case 'SCHEMA':
      return { ...valuePiece(session.database ?? null), type: TEXT };
    case 'USER':
    case 'CURRENT_USER':
    case 'SESSION_USER':
      return valuePiece(session.user);
    case 'VERSION':
      return valuePiece(String(translator.variable('version')));
    case 'CONNECTION_ID':
      return valuePiece(session.connectionId);
    case 'LAST_INSERT_ID':
      return valuePiece(session.lastInsertId);
    case 'ROW_COUNT':
      return valuePiece(session.rowCount);
    case 'FOUND_ROWS':
      return valuePiece(session.rowsFound);
    default:
      return undefined;
  }
}

/** The instant of the statement, with so many digits of a fraction. */
function nowPiece({ now }: SessionView, name: string, digits: Expr | undefined): Piece {
  const fraction = digits === undefined ? 0 : digits.k === 'literal' ? digits.value : undefined;
  if (typeof fraction !== 'number') throw sqlError(1064, '', 1);
  if (!(fraction >= 0 && fraction <= FRACTION_MAX)) throw sqlError(1426, name.toLowerCase(), FRACTION_MAX);
  return { ...valuePiece(timeText(now, 'datetime', fraction)!), type: datetime(fraction), notNull: true };
}

const extreme =
  (name: 'min' | 'max'): Make =>
  (args) => {
    const type = commonType(args);
    if (type.k !== 'text') return { sql: `${name}(${args.map((arg) => inType(arg, type)).join(', ')})`, type };
    const [first, ...others] = args.map(asText) as [Piece, ...Piece[]];
    return { sql: `${name}(${[compared(first, others), ...others.map(({ sql }) => sql)].join(', ')})`, type };
  };

const firstKnown: Make = (args) => {
  const type = commonType(args);
  const [first, ...others] = args.map((arg) => inType(arg, type));
  return { sql: others.length === 0 ? first! : `coalesce(${[first, ...others].join(', ')})`, type };
};

const round: Make = ([x, digits]) => {
  const n = asNumber(x!);
  const scale = digits?.constant ?? 0;
  if (typeof scale !== 'number' || Math.abs(scale) > DECIMAL_DIGITS - 1)
    throw unsupportedSql('ROUND to a computed number of digits');
  if (scale < 0) return tens('round', n, scale);
  if (n.type.k === 'int' || n.type.k === 'null') return n;
  const kept = n.type.k === 'decimal' ? Math.min(scale, n.type.scale) : scale;
  return {
    sql: `my_decimal(${n.sql}, ${kept})`,
    type: n.type.k === 'decimal' ? (kept === 0 ? decimal(0) : decimal(kept)) : DOUBLE,
  };
};

const whole =
  (name: string): Make =>
  ([x]) => {
    const n = asNumber(x!);
    return n.type.k === 'int' ? n : { sql: `my_${name}(${n.sql})`, type: n.type.k === 'decimal' ? BIGINT : DOUBLE };
  };

const COMMON_CALLS: CallTable = [
  ['CONCAT', 1, MANY, text('concat')],
  ['CONCAT_WS', 2, MANY, text('concat_ws')],
  ['LENGTH', 1, 1, ([x]) => ({ sql: `length(CAST(${asText(x!).sql} AS BLOB))`, type: INT })],
  ['OCTET_LENGTH', 1, 1, ([x]) => ({ sql: `length(CAST(${asText(x!).sql} AS BLOB))`, type: INT })],
  ['CHAR_LENGTH', 1, 1, ([x]) => ({ sql: `length(${asText(x!).sql})`, type: INT })],
  ['CHARACTER_LENGTH', 1, 1, ([x]) => ({ sql: `length(${asText(x!).sql})`, type: INT })],
  ['UPPER', 1, 1, text('upper')],
  ['UCASE', 1, 1, text('upper')],
  ['LOWER', 1, 1, text('lower')],
  ['LCASE', 1, 1, text('lower')],
  ['REVERSE', 1, 1, text('reverse')],
  ['REPLACE', 3, 3, text('replace')],
  ['SUBSTRING', 2, 3, mixed('substring', 'tnn')],
  ['SUBSTR', 2, 3, mixed('substring', 'tnn')],
  ['MID', 3, 3, mixed('substring', 'tnn')],
  ['LEFT', 2, 2, mixed('left', 'tn')],
  ['RIGHT', 2, 2, mixed('right', 'tn')],
  ['REPEAT', 2, 2, mixed('repeat', 'tn')],
  ['LPAD', 3, 3, mixed('lpad', 'tnt')],
  ['RPAD', 3, 3, mixed('rpad', 'tnt')],
  [
    'HEX',
    1,
    1,
    ([x]) => ({ sql: x!.type.k === 'int' ? `printf('%X', ${x!.sql})` : `hex(${asBytes(x!).sql})`, type: TEXT }),
  ],
  ['ABS', 1, 1, ([x]) => ({ sql: `abs(${asNumber(x!).sql})`, type: asNumber(x!).type })],
  ['SIGN', 1, 1, ([x]) => ({ sql: `sign(${asNumber(x!).sql})`, type: INT })],
  ['CEIL', 1, 1, whole('ceiling')],
  ['CEILING', 1, 1, whole('ceiling')],
  ['FLOOR', 1, 1, whole('floor')],
  ['ROUND', 1, 2, round],
  [
    'MOD',
    2,
    2,
    ([a, b]) => ({
      sql: `my_mod(${asNumber(a!).sql}, ${asNumber(b!).sql})`,
      type: commonType([asNumber(a!), asNumber(b!)]),
    }),
  ],
  ['GREATEST', 2, MANY, extreme('max')],
  ['LEAST', 2, MANY, extreme('min')],
  [
    'IF',
    3,
    3,
    ([c, a, b]) => {
      const type = commonType([a!, b!]);
      return { sql: `iif(${truth(c!)}, ${inType(a!, type)}, ${inType(b!, type)})`, type };
    },
  ],
  ['IFNULL', 2, 2, firstKnown],
  ['COALESCE', 1, MANY, firstKnown],
  ['NULLIF', 2, 2, ([a, b]) => ({ sql: `iif(${compare('=', a!, b!)}, NULL, ${a!.sql})`, type: a!.type })],
  ['ISNULL', 1, 1, ([x]) => ({ sql: `(${x!.sql} IS NULL)`, type: INT })],
];

const FUNCTIONS: ReadonlyMap<string, CallTable[number]> = new Map(
  [...COMMON_CALLS, ...TEXT_CALLS, ...TIME_CALLS, ...JSON_CALLS].map((spec) => [spec[0], spec]),
);

/** For the coverage page. */
export const functionNames: readonly string[] = [
  ...FUNCTIONS.keys(),
  ...AGGREGATES,
  ...specialCallNames.filter((name) => !FUNCTIONS.has(name)),
  ...SESSION_CALLS,
  ...windowFunctionNames,
].sort();
