/**
 * mysql: the command-line client. Statements from `-e` or from standard input, each up to a semicolon; results as MySQL's own client prints them: columns by tabs to a file or
 * with -B, a drawn table with -t. It leaves out: editing, completion, `\G` and the other short commands, TLS, Unix sockets.
 */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { withHelp } from '../../lib/help.ts';
import { parseCount } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../../lib/options.ts';
import { print, printError, readAll } from '../../lib/stdio.ts';
import { tokenize } from '../language/lexer.ts';
import { doubleText, type SqlValue, textOf } from '../types.ts';
import { DatabaseError } from './errors.ts';
import { type Answer, ClientSession, type ConnectOptions } from './session.ts';

export const options: ProgramOptions = {
  name: 'mysql',
  usage: 'mysql [-h HOST] [-P PORT] [-u USER] [-pPASSWORD] [-e STATEMENTS] [-t|-B] [-N] [-f] [DATABASE]',
  options: [
    { names: ['-h', '--host'], value: 'HOST', help: 'the server; 127.0.0.1 by default' },
    { names: ['-P', '--port'], value: 'PORT', help: 'its port; 3306 by default' },
    { names: ['-u', '--user'], value: 'USER', help: 'who comes in; root by default' },
    { names: ['-p', '--password'], value: 'PASSWORD', help: 'the password, in the same word' },
    { names: ['-D', '--database'], value: 'NAME', help: 'the database to use' },
    { names: ['-e', '--execute'], value: 'STATEMENTS', help: 'run these and end' },
    { names: ['-t', '--table'], help: 'draw tables' },
    { names: ['-B', '--batch'], help: 'columns by tabs; the default' },
    { names: ['-N', '--skip-column-names'], help: 'no line of names' },
    { names: ['-f', '--force'], help: 'go on after an error' },
  ],
};

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    // MySQL's client would ask for it.
    if (argv.includes('-p') || argv.includes('--password'))
      throw new UsageError('mysql: asking for a password is not supported; write -pPASSWORD');
    const parsed = parseOptions(options, argv.slice(1));
    const session = await ClientSession.open(sys, target(parsed));
    try {
      return await statements(sys, session, parsed);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof UsageError) return await failed(sys, error.message, 2);
    if (error instanceof DatabaseError) return await failed(sys, errorLine(error), 1);
    throw error;
  }
});

async function failed(sys: Sys, message: string, code: number): Promise<number> {
  await printError(sys, `${message}\n`);
  return code;
}

function errorLine({ errno, sqlState, message }: DatabaseError, line = ''): string {
  return `ERROR ${errno} (${sqlState})${line}: ${message}`;
}

function target(parsed: ParsedOptions): ConnectOptions {
  const text = parsed.value('-P') ?? '3306';
  const port = parseCount(text, 1, 65_535);
  if (port === undefined) throw new UsageError(`mysql: invalid port '${text}'`);
  if (parsed.operands.length > 1) throw new UsageError(`mysql: unexpected operand '${parsed.operands[1]}'`);
  const database = parsed.operands[0] ?? parsed.value('-D');
  return {
    host: parsed.value('-h') ?? '127.0.0.1',
    port,
    user: parsed.value('-u') ?? 'root',
    password: parsed.value('-p') ?? '',
    ...(database !== undefined && { database }),
  };
}

async function statements(sys: Sys, session: ClientSession, parsed: ParsedOptions): Promise<number> {
  const given = parsed.value('-e');
  const text = given ?? decodeUtf8(await readAll(sys, 0));
  let code = 0;
  for (const { sql, line } of split(text)) {
    try {
      await print(sys, printed(await session.query(sql), parsed));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      await printError(sys, `${errorLine(error, given === undefined ? ` at line ${line}` : '')}\n`);
      code = 1;
      if (!parsed.has('-f')) return code;
    }
  }
  return code;
}

/** Statements between semicolons that are not inside of quotes or comments. A text that cannot be read goes to the server as it is: it says why. */
function split(text: string): { readonly sql: string; readonly line: number }[] {
  const found: { sql: string; line: number }[] = [];
  let start = 0;
  const take = (end: number): void => {
    const sql = text.slice(start, end).trim();
    const before = text.slice(0, start) + (/^\s*/.exec(text.slice(start))?.[0] ?? '');
    if (sql !== '') found.push({ sql, line: before.split('\n').length });
  };
  try {
    for (const { kind, text: symbol, at, end } of tokenize(text)) {
      if (kind !== 'symbol' || symbol !== ';') continue;
      take(at);
      start = end;
    }
  } catch {
    // The rest holds an open quote.
  }
  take(text.length);
  return found;
}

function printed({ columns, rows }: Answer, parsed: ParsedOptions): string {
  if (columns.length === 0) return '';
  const names = parsed.has('-N') ? [] : [columns.map(({ name }) => name)];
  if (!parsed.has('-t'))
    return [...names, ...rows.map((row) => row.map((value) => batchText(value)))]
      .map((line) => `${line.join('\t')}\n`)
      .join('');
  if (rows.length === 0) return '';
  return table(
    names,
    rows.map((row) => row.map(shownText)),
    columns.map(({ field }) => field <= 9 || field === 246),
  );
}

function shownText(value: SqlValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? doubleText(value) : textOf(value);
}

/** Tabs, line ends and backslashes of a value are written as escapes. */
function batchText(value: SqlValue): string {
  return shownText(value).replace(/[\0\t\n\\]/g, (c) =>
    c === '\0' ? '\\0' : c === '\t' ? '\\t' : c === '\n' ? '\\n' : '\\\\',
  );
}

function table(
  names: readonly (readonly string[])[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
): string {
  const all = [...names, ...rows];
  const widths = numeric.map((_, i) => Math.max(...all.map((row) => [...row[i]!].length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (row: readonly string[], head: boolean): string =>
    `|${row.map((cell, i) => ` ${padded(cell, widths[i]!, numeric[i]! && !head)} `).join('|')}|\n`;
  const head = names.map((row) => line(row, true) + rule).join('');
  return `${rule}${head}${rows.map((row) => line(row, false)).join('')}${rule}`;
}

function padded(text: string, width: number, right: boolean): string {
  const fill = ' '.repeat(width - [...text].length);
  return right ? fill + text : text + fill;
}
