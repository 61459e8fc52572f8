/** A statement's words one after the other, for the parsers; where they do not fit, error 1064 with the rest of the text. */
import { sqlError } from '../errors.ts';
import type { TableName } from './ast.ts';
import { syntaxError, type Token, tokenize } from './lexer.ts';

/** Words of MySQL that cannot be names without backticks ("Keywords and Reserved Words"), those of the statements that are read here. */
const RESERVED: ReadonlySet<string> = new Set(
  `ADD ALL ALTER ANALYZE AND AS ASC BETWEEN BIGINT BINARY BLOB BOTH BY CALL CASCADE CASE CHANGE CHAR CHECK COLLATE COLUMN CONDITION CONSTRAINT CONVERT CREATE CROSS
  CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DATABASES DECIMAL DEFAULT DELETE DESC DESCRIBE DISTINCT DIV DOUBLE DROP ELSE EXCEPT EXISTS EXPLAIN FALSE FLOAT FOR
  FOREIGN FROM FULLTEXT GROUP HAVING IF IGNORE IN INDEX INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS JOIN KEY KEYS LEADING LEFT LIKE LIMIT LOCK LONGBLOB LONGTEXT MATCH
  MEDIUMBLOB MEDIUMINT MEDIUMTEXT MOD NATURAL NOT NULL NUMERIC ON OPTIMIZE OR ORDER OUTER OVER PRIMARY PROCEDURE REFERENCES REGEXP RENAME REPLACE RIGHT RLIKE SCHEMA
  SCHEMAS SELECT SET SHOW SMALLINT STRAIGHT_JOIN TABLE THEN TINYBLOB TINYINT TINYTEXT TO TRAILING TRIGGER TRUE UNION UNIQUE UNLOCK UNSIGNED UPDATE USAGE USE USING
  VALUES VARBINARY VARCHAR VARYING WHEN WHERE WINDOW WITH WRITE XOR ZEROFILL`.split(/\s+/),
);

/** So deep may expressions and subqueries nest. */
const DEPTH_MAX = 200;

export class Reader {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;
  /** How many `?` there were. */
  params = 0;

  constructor(readonly sql: string) {
    this.tokens = tokenize(sql);
  }

  get token(): Token {
    return this.tokens[this.position]!;
  }

  get atEnd(): boolean {
    return this.token.kind === 'end';
  }

  /** The end of what was read last. */
  get lastEnd(): number {
    return this.tokens[this.position - 1]?.end ?? 0;
  }

  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)]!;
  }

  advance(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.position++;
    return token;
  }

  fail(token: Token = this.token): never {
    throw syntaxError(this.sql, token.at);
  }

  /** Runs `read` one level deeper; too deep is an error, not an overflow. */
  nested<T>(read: () => T): T {
    if (++this.depth > DEPTH_MAX) throw sqlError(1105, `Statement nested more than ${DEPTH_MAX} levels deep`);
    const value = read();
    this.depth--;
    return value;
  }

  is(word: string): boolean {
    const { token } = this;
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  isSymbol(symbol: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === symbol;
  }

  /** Takes these words where they are next. */
  accept(...words: readonly string[]): boolean {
    const all = words.every((word, i) => {
      const token = this.peek(i);
      return token.kind === 'word' && token.text.toUpperCase() === word;
    });
    if (all) this.position += words.length;
    return all;
  }

  /** The first of these words that is next, taken. */
  acceptOneOf(...words: readonly string[]): string | undefined {
    return words.find((word) => this.accept(word));
  }

  acceptSymbol(symbol: string): boolean {
    const found = this.isSymbol(symbol);
    if (found) this.position++;
    return found;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) this.fail();
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) this.fail();
  }

  get atName(): boolean {
    const { kind, text } = this.token;
    return kind === 'name' || (kind === 'word' && !RESERVED.has(text.toUpperCase()));
  }

  name(): string {
    if (!this.atName) this.fail();
    return this.advance().text;
  }

  /** After a point any word is a name. */
  nameAfterPoint(): string {
    if (this.token.kind !== 'name' && this.token.kind !== 'word') this.fail();
    return this.advance().text;
  }

  tableName(): TableName {
    const { at } = this.token;
    const first = this.name();
    if (!this.acceptSymbol('.')) return { name: first, at, end: this.lastEnd };
    return { database: first, name: this.nameAfterPoint(), at, end: this.lastEnd };
  }

  string(): string {
    if (this.token.kind !== 'string') this.fail();
    return this.advance().text;
  }

  wholeNumber(): number {
    const { kind, text } = this.token;
    if (kind !== 'number' || !/^\d{1,15}$/.test(text)) this.fail();
    this.advance();
    return Number(text);
  }

  /** One or more, with commas between. */
  list<T>(one: () => T): T[] {
    const all = [one()];
    while (this.acceptSymbol(',')) all.push(one());
    return all;
  }

  parenthesised<T>(inner: () => T): T {
    this.expectSymbol('(');
    const value = inner();
    this.expectSymbol(')');
    return value;
  }

  names(): string[] {
    return this.parenthesised(() => this.list(() => this.name()));
  }
}
