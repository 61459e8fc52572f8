/** Calls of functions over texts and numbers beyond the common ones, and of REGEXP's. */
import { unsupportedSql } from '../errors.ts';
import { BIGINT, BLOB, DECIMAL_DIGITS, DOUBLE, decimal, INT, isNumeric, TEXT } from '../types.ts';
import { type CallTable, MANY, type Make, madeOf, mixed, text } from './call-table.ts';
import { asBytes, asNumber, asText, commonType } from './conversions.ts';
import type { Piece } from './scope.ts';
import { areExact, folded } from './text-comparison.ts';

const ofBytes =
  (name: string, type: Piece['type'] = TEXT): Make =>
  ([x, ...rest]) => ({
    sql: `my_${name}(${[asBytes(x!).sql, ...rest.map((each) => asNumber(each).sql)].join(', ')})`,
    type,
  });

const regex =
  (name: string, type: Piece['type'] = TEXT): Make =>
  (args) => {
    const sql = `my_${name}(${args.map((arg) => asText(arg).sql).join(', ')}, ${areExact(args) ? 0 : 1})`;
    return { sql, type: madeOf(args, type) };
  };

/** To tens, hundreds and so on. */
export function tens(name: 'round' | 'truncate', { sql, type }: Piece, scale: number): Piece {
  const whole = type.k === 'int' || type.k === 'null' ? type : type.k === 'decimal' ? decimal(0) : DOUBLE;
  return { sql: `my_${name}_tens(${sql}, ${-scale})`, type: whole };
}

/** SQLite's own, which is compiled to the same steps everywhere; outside of what they are defined for they are NULL. */
const math =
  (name: string): Make =>
  (args) => ({ sql: `${name}(${args.map((arg) => asNumber(arg).sql).join(', ')})`, type: DOUBLE });

const truncate: Make = ([x, digits]) => {
  const n = asNumber(x!);
  const scale = digits!.type.k === 'null' ? 0 : digits!.constant;
  if (typeof scale !== 'number' || Math.abs(scale) > DECIMAL_DIGITS - 1)
    throw unsupportedSql('TRUNCATE to a computed number of digits');
  if (scale < 0) return tens('truncate', n, scale);
  if (n.type.k === 'int' || n.type.k === 'null') return n;
  const kept = n.type.k === 'decimal' ? Math.min(scale, n.type.scale) : scale;
  return { sql: `my_truncate(${n.sql}, ${kept})`, type: n.type.k === 'decimal' ? decimal(kept) : DOUBLE };
};

const base =
  (to: number): Make =>
  ([x]) => ({ sql: `my_conv(CAST(${asNumber(x!).sql} AS INTEGER), 10, ${to})`, type: TEXT });

/** Chance would make two runs of one seed differ. */
const chance =
  (name: string): Make =>
  () => {
    throw unsupportedSql(`${name}: what depends on chance`);
  };

/** A function that compares its texts. */
const comparing =
  (name: string): Make =>
  (args) =>
    call(name, folded(args));

const call = (name: string, args: readonly Piece[]): Piece => ({
  sql: `my_${name}(${args.map(({ sql }) => sql).join(', ')})`,
  type: INT,
});

/** Numbers where one of them is, else texts. */
const field: Make = (args) =>
  args.some(({ type }) => isNumeric(type)) ? call('field', args.map(asNumber)) : comparing('field')(args);

const locate: Make = ([part, x, from]) => call('locate', [...folded([part!, x!]), ...(from ? [asNumber(from)] : [])]);

export const TEXT_CALLS: CallTable = [
  ['TRIM', 1, 2, text('trim')],
  ['LTRIM', 1, 2, text('ltrim')],
  ['RTRIM', 1, 2, text('rtrim')],
  ['SUBSTRING_INDEX', 3, 3, mixed('substring_index', 'ttn')],
  ['FIELD', 2, MANY, field],
  ['FIND_IN_SET', 2, 2, comparing('find_in_set')],
  ['ELT', 2, MANY, ([n, ...rest]) => mixed('elt', 'n', commonType(rest))([n!, ...rest])],
  ['SPACE', 1, 1, ([n]) => ({ sql: `my_repeat(' ', ${asNumber(n!).sql})`, type: TEXT })],
  ['STRCMP', 2, 2, comparing('strcmp')],
  ['INSERT', 4, 4, mixed('insert', 'tnnt')],
  ['LOCATE', 2, 3, locate],
  ['INSTR', 2, 2, ([x, part]) => locate([part!, x!])],
  ['ASCII', 1, 1, mixed('ascii', 't', INT)],
  ['ORD', 1, 1, mixed('ord', 't', BIGINT)],
  ['UNHEX', 1, 1, mixed('unhex', 't', BLOB)],
  ['CONV', 3, 3, mixed('conv', 'tnn')],
  ['BIN', 1, 1, base(2)],
  ['OCT', 1, 1, base(8)],
  ['MD5', 1, 1, ofBytes('md5')],
  ['SHA', 1, 1, ofBytes('sha1')],
  ['SHA1', 1, 1, ofBytes('sha1')],
  ['SHA2', 2, 2, ofBytes('sha2')],
  ['CRC32', 1, 1, ofBytes('crc32', { k: 'int', name: 'int', unsigned: true })],
  ['TO_BASE64', 1, 1, ofBytes('to_base64')],
  ['QUOTE', 1, 1, text('quote')],
  ['FORMAT', 2, 2, mixed('format', 'nn')],
  ['TRUNCATE', 2, 2, truncate],
  ['CHAR', 1, MANY, mixed('char', 'n'.repeat(MANY), BLOB)],
  ['POW', 2, 2, math('pow')],
  ['POWER', 2, 2, math('pow')],
  ['SQRT', 1, 1, math('sqrt')],
  ['EXP', 1, 1, math('exp')],
  ['LN', 1, 1, math('ln')],
  ['LOG', 1, 2, (args) => math(args.length === 1 ? 'ln' : 'log')(args)],
  ['LOG2', 1, 1, math('log2')],
  ['LOG10', 1, 1, math('log10')],
  ['SIN', 1, 1, math('sin')],
  ['COS', 1, 1, math('cos')],
  ['TAN', 1, 1, math('tan')],
  ['ASIN', 1, 1, math('asin')],
  ['ACOS', 1, 1, math('acos')],
  ['ATAN', 1, 2, (args) => math(args.length === 1 ? 'atan' : 'atan2')(args)],
  ['ATAN2', 2, 2, math('atan2')],
  ['RADIANS', 1, 1, math('radians')],
  ['DEGREES', 1, 1, math('degrees')],
  ['BIT_COUNT', 1, 1, mixed('bit_count', 'n', BIGINT)],
  ['INET_ATON', 1, 1, mixed('inet_aton', 't', BIGINT)],
  ['INET_NTOA', 1, 1, mixed('inet_ntoa', 'n')],
  ['REGEXP_REPLACE', 3, 3, regex('regexp_replace')],
  ['REGEXP_SUBSTR', 2, 2, regex('regexp_substr')],
  ['REGEXP_INSTR', 2, 2, regex('regexp_instr', INT)],
  ['RAND', 0, 1, chance('RAND')],
  ['UUID', 0, 0, chance('UUID')],
];
