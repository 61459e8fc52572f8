/** Calls with words of their own between the parentheses: EXTRACT(unit FROM x), TRIM(BOTH a FROM b), and those that take an interval ("Date and Time Functions", "String Functions"). */
import { unsupportedSql } from '../errors.ts';
import type { Expr, TimeUnit } from './ast.ts';
import { readColumnType } from './column-type.ts';
import { readBits, readExpr } from './expression.ts';
import type { Reader } from './reader.ts';

const UNITS: ReadonlySet<string> = new Set([
  'MICROSECOND',
  'SECOND',
  'MINUTE',
  'HOUR',
  'DAY',
  'WEEK',
  'MONTH',
  'QUARTER',
  'YEAR',
]);

function readUnit(reader: Reader): TimeUnit {
  const { kind, text } = reader.token;
  const unit = text.toUpperCase().replace(/^SQL_TSI_/, '');
  if (kind !== 'word') reader.fail();
  if (unit.includes('_')) throw unsupportedSql(`INTERVAL in ${unit}`);
  if (!UNITS.has(unit)) reader.fail();
  reader.advance();
  return unit as TimeUnit;
}

/** What stands behind INTERVAL. */
export function readInterval(reader: Reader): { readonly by: Expr; readonly unit: TimeUnit } {
  return { by: readExpr(reader), unit: readUnit(reader) };
}

/** After `NAME(`: such a call to its end, or undefined for one that is like the others. */
export function readSpecialCall(reader: Reader, name: string, at: number): Expr | undefined {
  const read = SPECIAL.get(name);
  return read?.(reader, name, at);
}

type Read = (reader: Reader, name: string, at: number) => Expr | undefined;

function called(reader: Reader, name: string, args: readonly Expr[], at: number): Expr {
  reader.expectSymbol(')');
  return { k: 'call', name, args, distinct: false, star: false, at, end: reader.lastEnd };
}

const unitText = (unit: TimeUnit, at: number): Expr => ({ k: 'literal', value: unit, at, end: at });

const readShift: Read = (reader, name, at) => {
  const x = readExpr(reader);
  reader.expectSymbol(',');
  const days = !reader.accept('INTERVAL');
  if (days && !/^(ADDDATE|SUBDATE)$/.test(name)) reader.fail();
  const { by, unit } = days ? { by: readExpr(reader), unit: 'DAY' as const } : readInterval(reader);
  reader.expectSymbol(')');
  return { k: 'shift', x, by, unit, back: /SUB/.test(name), at, end: reader.lastEnd };
};

const readUnitFirst: Read = (reader, name, at) => {
  const unit = readUnit(reader);
  reader.expectSymbol(',');
  const args = reader.list(() => readExpr(reader));
  if (args.length !== 2) reader.fail();
  if (name === 'TIMESTAMPDIFF') return called(reader, name, [unitText(unit, at), ...args], at);
  reader.expectSymbol(')');
  return { k: 'shift', x: args[1]!, by: args[0]!, unit, back: false, at, end: reader.lastEnd };
};

const readExtract: Read = (reader, name, at) => {
  const unit = readUnit(reader);
  reader.expect('FROM');
  return called(reader, name, [unitText(unit, at), readExpr(reader)], at);
};

/** TRIM([BOTH | LEADING | TRAILING] [what] FROM text). */
const readTrim: Read = (reader, _name, at) => {
  const side = reader.acceptOneOf('BOTH', 'LEADING', 'TRAILING');
  const name = side === 'LEADING' ? 'LTRIM' : side === 'TRAILING' ? 'RTRIM' : 'TRIM';
  const first = side !== undefined && reader.is('FROM') ? undefined : readExpr(reader);
  if (!reader.accept('FROM')) {
    if (side !== undefined) reader.fail();
    return called(reader, name, [first!], at);
  }
  const whole = readExpr(reader);
  return called(reader, name, first === undefined ? [whole] : [whole, first], at);
};

const readSubstring: Read = (reader, name, at) => {
  const args = [readExpr(reader)];
  if (reader.accept('FROM')) {
    args.push(readExpr(reader));
    if (reader.accept('FOR')) args.push(readExpr(reader));
  } else while (reader.acceptSymbol(',')) args.push(readExpr(reader));
  return called(reader, name, args, at);
};

/** POSITION(part IN text): IN is no operator there. */
const readPosition: Read = (reader, _name, at) => {
  const part = readBits(reader);
  reader.expect('IN');
  return called(reader, 'LOCATE', [part, readExpr(reader)], at);
};

const readConvert: Read = (reader, _name, at) => {
  const x = readExpr(reader);
  if (reader.accept('USING')) {
    const set = reader.advance().text;
    if (!/^utf8(mb[34])?$/i.test(set)) throw unsupportedSql(`CONVERT USING ${set}`);
    return called(reader, 'CONCAT', [x], at);
  }
  reader.expectSymbol(',');
  const type = readColumnType(reader, true);
  reader.expectSymbol(')');
  return { k: 'cast', x, type, at, end: reader.lastEnd };
};

const SPECIAL: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['DATE_ADD', readShift],
  ['DATE_SUB', readShift],
  ['ADDDATE', readShift],
  ['SUBDATE', readShift],
  ['TIMESTAMPADD', readUnitFirst],
  ['TIMESTAMPDIFF', readUnitFirst],
  ['EXTRACT', readExtract],
  ['TRIM', readTrim],
  ['SUBSTRING', readSubstring],
  ['SUBSTR', readSubstring],
  ['MID', readSubstring],
  ['POSITION', readPosition],
  ['CONVERT', readConvert],
]);

/** For the coverage page. */
export const specialCallNames: readonly string[] = [...SPECIAL.keys()];
