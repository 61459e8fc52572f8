/** The functions that a translated statement calls, `my_…` in SQLite: MySQL's semantics where SQLite's are others. */
import type { SqliteFunction, SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { SqlError, sqlError } from '../errors.ts';
import { timeText } from '../time-text.ts';
import {
  compact,
  cutDecimal,
  decimalText,
  doubleText,
  floatText,
  roundDecimal,
  type SqlValue,
  storedValue,
} from '../types.ts';
import type { Catalogue } from './catalogue.ts';
import { isNumberText, numberPrefix } from './conversions.ts';
import { JSON_FUNCTIONS } from './json-functions.ts';
import { Expressions, replaced } from './regexp.ts';
import { type RunState, sameValue } from './run-state.ts';
import { strict, text } from './strict.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';

export interface FunctionHost {
  readonly catalogue: Catalogue;
  readonly run: RunState;
  readonly keepsZero: boolean;
}

export interface Definition {
  readonly name: string;
  readonly deterministic: boolean;
  readonly run: SqliteFunction;
}

/** All of them; an error of MySQL is kept for whoever runs the statement. */
export function definitions(host: FunctionHost): Definition[] {
  const kept =
    (run: SqliteFunction): SqliteFunction =>
    (...args) => {
      try {
        return run(...args);
      } catch (error) {
        if (error instanceof SqlError) host.run.error ??= error;
        throw error;
      }
    };
  return [
    ...Object.entries(storing(host)).map(([name, run]) => ({
      name: `my_${name}`,
      deterministic: false,
      run: kept(run),
    })),
    ...Object.entries({ ...PURE, ...TEXT_FUNCTIONS, ...TIME_FUNCTIONS, ...JSON_FUNCTIONS, ...expressions() }).map(
      ([name, run]) => ({
        name: `my_${name}`,
        deterministic: true,
        run: kept(run),
      }),
    ),
  ];
}

/** REGEXP and its relatives; each ends with whether capitals and small letters are one. */
function expressions(): Record<string, SqliteFunction> {
  const kept = new Expressions();
  const found = (x: SqliteValue | undefined, pattern: SqliteValue | undefined, fold: SqliteValue | undefined) =>
    kept.of(text(pattern), fold === 1).exec([...text(x)])?.slots;
  return {
    regexp: strict((x, pattern, fold) => (found(x, pattern, fold) === undefined ? 0 : 1)),
    regexp_instr: strict((x, pattern, fold) => (found(x, pattern, fold)?.[0] ?? -1) + 1),
    regexp_substr: strict((x, pattern, fold) => {
      const slots = found(x, pattern, fold);
      return slots === undefined ? '' : [...text(x)].slice(slots[0], slots[1]).join('');
    }),
    regexp_replace: strict((x, pattern, by, fold) =>
      replaced([...text(x)], kept.of(text(pattern), fold === 1), text(by)),
    ),
  };
}

/** Those that note something. */
function storing(host: FunctionHost): Record<string, SqliteFunction> {
  return {
    seen(table) {
      host.run.look(table as number);
      return 1;
    },
    fitting(value, length, column) {
      if (value !== null && [...text(value)].length > (length as number))
        throw sqlError(1406, text(column), host.run.recursions + 1);
      return value!;
    },
    recursion() {
      host.run.recurse();
      return 1;
    },
    store(table, at, value, row) {
      if (row !== undefined) host.run.enter(row);
      else if (at === 0) host.run.row++;
      return store(host, table as number, at as number, value!);
    },
    kept(table, at, value) {
      if (value !== null) return value!;
      // The first column of a row has not been counted yet.
      throw sqlError(
        1265,
        host.catalogue.byNumber(table as number).columns[at as number]!.name,
        host.run.row + (at === 0 ? 1 : 0),
      );
    },
    auto: (table, at, value) => auto(host, table as number, at as number, value!),
    number(x) {
      if (x === null || typeof x === 'number' || typeof x === 'bigint') return x!;
      if (host.run.strict && !isNumberText(text(x))) throw sqlError(1292, 'DOUBLE', text(x));
      return numberPrefix(text(x));
    },
    no_default(table, at) {
      throw sqlError(1364, host.catalogue.byNumber(table as number).columns[at as number]!.name);
    },
    replaced(...before) {
      host.run.replace(before);
      return null;
    },
    met() {
      host.run.meet();
      return 1;
    },
    update(row, before, after) {
      host.run.update(row!, !sameValue(before!, after!));
      return after!;
    },
  };
}

function store({ catalogue, run }: FunctionHost, table: number, at: number, value: SqlValue): SqlValue {
  const column = catalogue.byNumber(table).columns[at]!;
  if (value === null) {
    if (column.notNull) throw sqlError(1048, column.name);
    run.values.set(at, null);
    return null;
  }
  const kept = storedValue(value, column.type, { column: column.name, row: Math.max(run.row, 1) });
  run.values.set(at, kept);
  return kept;
}

/** NULL and 0 are given the next number; a number of one's own moves the counter on ("Using AUTO_INCREMENT"). */
function auto(host: FunctionHost, tableId: number, at: number, value: SqlValue): SqlValue {
  const { run } = host;
  const table = host.catalogue.byNumber(tableId);
  if (at === 0) run.row++;
  if (value === null || (!host.keepsZero && (value === 0 || value === '0' || value === ''))) {
    const id = table.nextAuto;
    const kept = storedValue(id, table.columns[at]!.type, {
      column: table.columns[at]!.name,
      row: Math.max(run.row, 1),
    });
    table.nextAuto = id + 1;
    run.generated ??= id;
    run.values.set(at, kept);
    return kept;
  }
  const kept = store(host, tableId, at, value) as number | bigint;
  run.explicit = kept;
  if (kept >= table.nextAuto) table.nextAuto = Number(kept) + 1;
  return kept;
}

const count = (value: SqliteValue | undefined): number => Math.max(Math.min(Math.round(Number(value)), 1e6), -1e6);

/** Those whose value depends on their arguments alone. */
const PURE: Readonly<Record<string, SqliteFunction>> = {
  join: (...parts) => parts.map(text).join('\0'),
  single(rows, value) {
    if ((rows as number) > 1) throw sqlError(1242);
    return value!;
  },
  bigint: strict((x) => {
    // SQLite goes over to floating point where an integer overflows; MySQL does not.
    if (typeof x === 'number' && !Number.isSafeInteger(x)) throw sqlError(1690, 'BIGINT', doubleText(x));
    return x!;
  }),
  unsigned: strict((x) => {
    if (typeof x === 'number' && !Number.isSafeInteger(x)) throw sqlError(1690, 'BIGINT UNSIGNED', doubleText(x));
    if ((x as number | bigint) < 0) throw sqlError(1690, 'BIGINT UNSIGNED', String(x));
    return x!;
  }),
  loose: strict((x, scale) => checkedDecimal(Number(x), scale as number)),
  decimal: strict((x, scale) => decimalOf(Number(x), scale as number)),
  decimal_text: strict((x, scale) => (typeof x === 'bigint' ? String(x) : decimalText(x as number, scale as number))),
  double_text: strict((x) => doubleText(Number(x))),
  float_text: strict((x) => floatText(Number(x))),
  divide: (a, b, digits) => {
    if (a === null || b === null || Number(b) === 0) return null;
    const exact = Number(a!) / Number(b!);
    return digits === undefined ? exact : cutDecimal(exact, digits as number);
  },
  mod: strict((a, b, scale) => remainder(Number(a), Number(b), (scale as number | undefined) ?? 0)),
  div: strict((a, b, scale) => quotient(a as number | bigint, b as number | bigint, scale as number)),
  cast_int: strict((x, unsigned) => castInt(x!, unsigned === 1)),
  time: strict(
    (kind, value, fraction) => timeText(text(value), kind as 'date' | 'datetime', fraction as number) ?? null,
  ),
  ceiling: strict((x) => Math.ceil(Number(x))),
  floor: strict((x) => Math.floor(Number(x))),
  concat: strict((...parts) => parts.map(text).join('')),
  concat_ws: (separator, ...parts) =>
    separator === null
      ? null
      : parts
          .filter((part) => part !== null)
          .map(text)
          .join(text(separator)),
  upper: strict((x) => text(x).toUpperCase()),
  lower: strict((x) => text(x).toLowerCase()),
  reverse: strict((x) => [...text(x)].reverse().join('')),
  replace: strict((x, from, to) => (text(from) === '' ? text(x) : text(x).replaceAll(text(from), () => text(to)))),
  substring: strict((x, from, length) =>
    substring([...text(x)], count(from), length === undefined ? undefined : count(length)),
  ),
  left: strict((x, n) => [...text(x)].slice(0, Math.max(count(n), 0)).join('')),
  right: strict((x, n) => (count(n) <= 0 ? '' : [...text(x)].slice(-count(n)).join(''))),
  repeat: strict((x, n) => bounded(text(x), Math.max(count(n), 0))),
  lpad: strict((x, n, pad) => padded(text(x), count(n), text(pad), true)),
  rpad: strict((x, n, pad) => padded(text(x), count(n), text(pad), false)),
};

/** A DECIMAL of more digits than a double keeps apart is an error, never a wrong digit. */
function checkedDecimal(x: number, scale: number): number {
  if (Math.abs(x) >= Number(`1e${15 - scale}`)) throw sqlError(1690, 'DECIMAL', doubleText(x));
  return x;
}

function decimalOf(x: number, scale: number): number {
  return roundDecimal(checkedDecimal(x, scale), scale);
}

/** Without what is behind the point; decimals as whole numbers of their last digit. */
function quotient(a: number | bigint, b: number | bigint, scale: number): SqliteValue {
  if (Number(b) === 0) return null;
  const unit = Number(`1e${scale}`);
  const units = (x: number | bigint): bigint =>
    typeof x === 'bigint' || Number.isInteger(x) ? BigInt(x) * BigInt(unit) : BigInt(Math.round(x * unit));
  const known = (x: number | bigint): boolean => scale > 0 || typeof x === 'bigint' || Number.isInteger(x);
  if ((typeof a === 'bigint' || typeof b === 'bigint') && known(a) && known(b) && units(b) !== 0n)
    return compact(units(a) / units(b));
  const [x, y] = [Number(a), Number(b)];
  return (scale === 0 ? Math.trunc(x / y) : Math.trunc(Math.round(x * unit) / Math.round(y * unit))) + 0;
}

/** Of decimals as whole numbers of so many digits, to which a quotient is cut, so that nothing is left of 1.00 by 0.20. */
function remainder(a: number, b: number, scale: number): number | null {
  if (b === 0) return null;
  if (scale === 0) return a % b;
  const unit = Number(`1e${scale}`);
  const units = (x: number): number => Math.round(cutDecimal(x, scale) * unit);
  return (units(a) % units(b)) / unit;
}

function castInt(x: Exclude<SqliteValue, null>, unsigned: boolean): SqliteValue {
  if (typeof x === 'number' && Number.isSafeInteger(x) && !(unsigned && x < 0)) return x;
  const value =
    typeof x === 'bigint'
      ? x
      : typeof x === 'number'
        ? BigInt(Math.round(x))
        : BigInt(/^\s*([+-]?\d{1,30})/.exec(text(x))?.[1] ?? 0);
  if (value < -(1n << 63n) || value >= 1n << 63n || (unsigned && value < 0n))
    throw sqlError(1690, 'BIGINT', String(value));
  return compact(value);
}

/** From 1; negative from the end; 0 is nowhere. */
function substring(letters: readonly string[], from: number, length = letters.length): string {
  if (from === 0 || length <= 0) return '';
  const start = from > 0 ? from - 1 : letters.length + from;
  return start < 0 ? '' : letters.slice(start, start + length).join('');
}

/** REPEAT and LPAD could fill the memory: past max_allowed_packet MySQL answers NULL. */
const LETTERS_MAX = 16_777_216;

function bounded(x: string, times: number): string | null {
  return x.length * times > LETTERS_MAX ? null : x.repeat(times);
}

function padded(x: string, length: number, pad: string, left: boolean): string | null {
  const letters = [...x];
  if (length < 0) return null;
  if (letters.length >= length) return letters.slice(0, length).join('');
  if (pad === '') return '';
  const fill = [...pad.repeat(Math.ceil((length - letters.length) / [...pad].length))]
    .slice(0, length - letters.length)
    .join('');
  return left ? fill + x : x + fill;
}
