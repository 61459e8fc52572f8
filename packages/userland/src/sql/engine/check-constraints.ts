/**
 * CHECK ("CHECK Constraints"): conditions that rows keep, of a column or of the table. SQLite keeps them, each under its number; they are looked through when they are made.
 * A condition that is unknown is kept. Their texts are as they were written, in the small letters and with the quotes that MariaDB shows.
 */
import { type SqlError, sqlError } from '../errors.ts';
import type { Expr } from '../language/ast.ts';
import type { CheckDefinition } from '../language/definition-ast.ts';
import { readExpr } from '../language/expression.ts';
import { type Token, tokenize } from '../language/lexer.ts';
import { Reader } from '../language/reader.ts';
import { type Column, columnOf, sameName, type Table } from './catalogue.ts';
import { truth } from './conversions.ts';
import { backtick, quoteName } from './fragments.ts';
import { Scope } from './scope.ts';
import type { Session } from './session.ts';
import { isConstantCall } from './translate-call.ts';
import { expressionPiece } from './translate-expression.ts';

type Checked = Pick<Table, 'name' | 'columns' | 'checks'>;

/** Those of columns first, as they are looked at. */
export function checksOf({ name: table, columns, checks }: Checked): readonly (CheckDefinition & { shown: string })[] {
  return [
    ...columns.flatMap(({ name, check: text }) =>
      text === undefined ? [] : [{ name, shown: `${table}.${name}`, text }],
    ),
    ...checks.map((check) => ({ ...check, shown: check.name })),
  ];
}

/** With names for those that have none. */
export function namedChecks(checks: readonly CheckDefinition[], taken: readonly CheckDefinition[]): CheckDefinition[] {
  const named = [...taken];
  for (const { name, text } of checks) {
    if (name !== '' && named.some((each) => sameName(each.name, name))) throw sqlError(1826, 'CHECK', name);
    named.push({ name: name === '' ? freeName([...named, ...checks]) : name, text });
  }
  return named.slice(taken.length);
}

function freeName(taken: readonly CheckDefinition[]): string {
  for (let i = 1; ; i++) if (!taken.some(({ name }) => sameName(name, `CONSTRAINT_${i}`))) return `CONSTRAINT_${i}`;
}

/** As SQLite's CREATE TABLE has them; throws what MariaDB says of a condition that cannot be one. */
export function checkClauses(session: Session, table: Checked): string[] {
  const scope = new Scope();
  const columns = table.columns.map(({ name, type }) => ({ name, piece: { sql: quoteName(name), type } }));
  scope.add({ alias: table.name, columns });
  return checksOf(table).map(({ name, text }, i) => {
    const expr = readExpr(new Reader(text));
    for (const part of partsOf(expr)) refuseChanging(part, name);
    const piece = expressionPiece(session.translator([]), expr, { scope, clause: 'CHECK', noAggregates: true });
    return `CONSTRAINT c${i} CHECK (${truth(piece)})`;
  });
}

function* partsOf(value: unknown): Generator<Expr> {
  if (typeof value !== 'object' || value === null) return;
  if ('k' in value) yield value as Expr;
  for (const part of Object.values(value)) yield* partsOf(part);
}

/** What is not the same at any time, or looks at other rows. */
function refuseChanging(part: Expr, name: string): void {
  if (part.k === 'subquery' || part.k === 'exists') throw sqlError(1970, 'CHECK');
  const what =
    part.k === 'user-variable' ? `@${part.name}` : part.k === 'variable' ? `@@${part.name}` : changingCall(part);
  if (what !== undefined) throw sqlError(1901, what, name);
}

function changingCall(part: Expr): string | undefined {
  return part.k === 'call' && !isConstantCall(part) ? `${part.name.toLowerCase()}()` : undefined;
}

/** Which condition a row breaks, by what SQLite says. */
export function brokenCheck(table: Table, number: number): SqlError {
  return sqlError(4025, checksOf(table)[number]!.shown, table.database, table.name);
}

/** As SHOW CREATE TABLE and INFORMATION_SCHEMA write a condition. */
export function checkText({ columns }: Pick<Table, 'columns'>, text: string): string {
  const tokens = tokenize(text).slice(0, -1);
  return tokens
    .map((token, i) => spaceBefore(token, tokens[i - 1]) + shownToken(columns, text, token, tokens[i + 1]))
    .join('');
}

function shownToken(columns: readonly Column[], text: string, token: Token, next: Token | undefined): string {
  const asWritten = text.slice(token.at, token.end);
  if (token.kind === 'name') return backtick(token.text);
  if (token.kind !== 'word') return asWritten;
  const column = next?.text === '(' ? undefined : columnOf({ columns }, token.text);
  return column === undefined ? asWritten.toLowerCase() : backtick(column.name);
}

function spaceBefore(token: Token, before: Token | undefined): string {
  if (before === undefined || isSymbol(before, '(,.') || isSymbol(token, '),.')) return '';
  const called =
    isSymbol(token, '(') && before.kind === 'word' && !/^(and|or|xor|not|in|between|like)$/i.test(before.text);
  return called ? '' : ' ';
}

const isSymbol = ({ kind, text }: Token, among: string): boolean => kind === 'symbol' && among.includes(text);

/** The condition when a column has another name. */
export function renamedIn(text: string, from: string, to: string): string {
  const places = tokenize(text).filter(
    ({ kind, text: word }) => (kind === 'word' || kind === 'name') && sameName(word, from),
  );
  return places.reduceRight((all, { at, end }) => all.slice(0, at) + backtick(to) + all.slice(end), text);
}

/** Conditions when a column has gone: one that named nothing else goes with it, another cannot be any more. */
export function checksWithout(checks: readonly CheckDefinition[], column: string): CheckDefinition[] {
  return checks.filter(({ text }) => {
    const names = [...partsOf(readExpr(new Reader(text)))].flatMap((part) => (part.k === 'column' ? [part.name] : []));
    if (!names.some((name) => sameName(name, column))) return true;
    if (!names.every((name) => sameName(name, column))) throw sqlError(1054, column, 'CHECK');
    return false;
  });
}
