/**
 * Configuration made of statements, `word word { … };`, as named.conf and dhcpd.conf have it: text to a tree with line numbers.
 * Promises: any text gives a tree or one problem with its line; nesting is bounded.
 */
export interface StatementWord {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

export interface Statement {
  readonly line: number;
  readonly words: readonly StatementWord[];
  readonly block?: readonly Statement[];
}

export interface ConfigProblem {
  readonly line: number;
  readonly text: string;
}

export interface StatementSyntax {
  /** `};` as in named.conf; dhcpd.conf has a bare `}`. */
  readonly semicolonAfterBlock: boolean;
  /** `//` and C comments beside `#`. */
  readonly cComments: boolean;
  /** A comma parts words, as in lists of dhcpd.conf. */
  readonly commas: boolean;
}

/** A mistake in what a statement says. */
export class ConfigError extends Error {
  constructor(
    readonly line: number,
    text: string,
  ) {
    super(text);
  }
}

interface Token extends StatementWord {
  readonly mark?: '{' | '}' | ';';
}

const MAX_DEPTH = 16;

export function isProblem<T extends object>(value: T | ConfigProblem): value is ConfigProblem {
  return 'text' in value && 'line' in value && !('words' in value);
}

function tokens(text: string, syntax: StatementSyntax): Token[] | ConfigProblem {
  const out: Token[] = [];
  // One alternative per kind of token; the last takes any single character, so the pattern always moves on.
  const pattern =
    /(\n)|([ \t\r\f\v]+)|(#[^\n]*)|(\/\/[^\n]*)|(\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?)|"((?:[^"\\\n]|\\.)*)(")?|([{};,])|((?:(?!\/\/|\/\*)[^\s{};,"#])+)|(.)/gsy;
  let line = 1;
  for (const match of text.matchAll(pattern)) {
    const [whole, newline, , , slashes, comment, quoted, closing, mark, word] = match;
    if (newline !== undefined) line++;
    else if ((slashes !== undefined || comment !== undefined) && !syntax.cComments)
      return { line, text: `comments begin with '#' here` };
    else if (comment !== undefined) {
      if (!comment.endsWith('*/') || comment.length < 4) return { line, text: 'unbalanced comment' };
      line += comment.split('\n').length - 1;
    } else if (quoted !== undefined) {
      if (closing === undefined) return { line, text: 'unbalanced quotes' };
      out.push({ text: quoted.replace(/\\(.)/g, '$1'), quoted: true, line });
    } else if (mark === ',' && !syntax.commas) return { line, text: `unexpected token near ','` };
    else if (mark === '{' || mark === '}' || mark === ';') out.push({ text: mark, quoted: false, line, mark });
    else if (word !== undefined) out.push({ text: word, quoted: false, line });
    else if (whole === '"' || match[10] !== undefined) return { line, text: `unexpected character '${whole}'` };
  }
  return out;
}

class StatementParser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly syntax: StatementSyntax,
  ) {}

  block(depth: number): Statement[] | ConfigProblem {
    const statements: Statement[] = [];
    for (;;) {
      const token = this.tokens[this.at];
      if (!token) return depth === 0 ? statements : { line: this.lastLine(), text: `missing '}' at end of file` };
      if (token.mark === '}') {
        if (depth === 0) return { line: token.line, text: `unexpected token near '}'` };
        this.at++;
        return statements;
      }
      const statement = this.statement(depth);
      if (isProblem(statement)) return statement;
      statements.push(statement);
    }
  }

  private statement(depth: number): Statement | ConfigProblem {
    const words: StatementWord[] = [];
    const line = this.tokens[this.at]!.line;
    for (;;) {
      const token = this.tokens[this.at];
      if (!token) return { line: this.lastLine(), text: `missing ';' at end of file` };
      if (token.mark === '}') return { line: token.line, text: `missing ';' before '}'` };
      this.at++;
      if (token.mark === ';') {
        return words.length > 0 ? { line, words } : { line, text: `unexpected token near ';'` };
      }
      if (token.mark === '{') return this.withBlock(line, words, depth);
      words.push(token);
    }
  }

  private withBlock(line: number, words: readonly StatementWord[], depth: number): Statement | ConfigProblem {
    if (depth >= MAX_DEPTH) return { line, text: `blocks are nested deeper than ${MAX_DEPTH}` };
    const block = this.block(depth + 1);
    if (!Array.isArray(block)) return block as ConfigProblem;
    const next = this.tokens[this.at];
    if (this.syntax.semicolonAfterBlock) {
      if (next?.mark !== ';') {
        const where = next ? `before '${next.text}'` : 'at end of file';
        return { line: next?.line ?? this.lastLine(), text: `missing ';' ${where}` };
      }
      this.at++;
    } else if (next?.mark === ';') this.at++;
    return { line, words, block };
  }

  private lastLine(): number {
    return this.tokens.at(-1)?.line ?? 1;
  }
}

export function parseStatements(text: string, syntax: StatementSyntax): readonly Statement[] | ConfigProblem {
  const list = tokens(text, syntax);
  return Array.isArray(list) ? new StatementParser(list, syntax).block(0) : list;
}

/** What `read` makes of a text's statements, or the first problem: of the text, or a `ConfigError` of `read`. */
export function readStatements<T>(
  text: string,
  syntax: StatementSyntax,
  read: (statements: readonly Statement[]) => T,
): T | ConfigProblem {
  const statements = parseStatements(text, syntax);
  if (isProblem(statements)) return statements;
  try {
    return read(statements);
  } catch (error) {
    if (error instanceof ConfigError) return { line: error.line, text: error.message };
    throw error;
  }
}
