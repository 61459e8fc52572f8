/**
 * The grammar of the POSIX shell (2.10) by recursive descent: text to tree, one complete command at a time, as a shell reads its input.
 *
 * Promises: any text ends in a tree or in a `ShellSyntaxError` with dash's words and the line; nothing is executed or looked up.
 * Leaves out: aliases (an explicit error of the `alias` built-in).
 */
import type {
  AndOrNode,
  Assignment,
  CaseNode,
  CommandNode,
  ForNode,
  FunctionNode,
  IfNode,
  ListNode,
  LoopNode,
  PipelineNode,
  Redirect,
  RedirectOperator,
  SimpleNode,
  Word,
} from './ast.ts';
import { IncompleteInput } from './errors.ts';
import { type HereDocument, readBody } from './here-document.ts';
import { isName, Scanner } from './scanner.ts';
import { readToken, skipBlanks, type Token, tokenName } from './tokens.ts';
import { assignmentOf, type CommandGrammar, plainText, WordReader } from './words.ts';

export type ParseResult =
  | { readonly kind: 'command'; readonly list: ListNode; readonly next: number; readonly line: number }
  | { readonly kind: 'end' }
  /** Only with `more`: the text ends inside a command. */
  | { readonly kind: 'incomplete' };

/**
 * Parses the next complete command (a line, or the lines that a construct spans) of `text` from `at`. With `more` the text may go on,
 * and a command counts as complete only when its newline is there.
 */
export function parseCommand(text: string, at = 0, line = 1, more = false): ParseResult {
  const scanner = new Scanner(text, at, line, !more);
  try {
    const list = new Parser(scanner, []).commandLine();
    if (list === undefined) return { kind: 'end' };
    return { kind: 'command', list, next: scanner.at, line: scanner.line };
  } catch (error) {
    if (error instanceof IncompleteInput) return { kind: 'incomplete' };
    throw error;
  }
}

/** Parses a whole script. */
export function parseScript(text: string, line = 1): ListNode {
  return new Parser(new Scanner(text, 0, line), []).script();
}

/** Tokens that may end a compound list. */
const LIST_ENDS = new Set([')', ';;']);
const KEYWORD_ENDS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);
/** dash refuses these names for functions (they are its special built-ins). */
const SPECIAL_BUILTINS = new Set(
  '. : break continue eval exec exit export readonly return set shift times trap unset'.split(' '),
);

class Parser implements CommandGrammar {
  private readonly words: WordReader;
  private peeked: Token | undefined;

  constructor(
    private readonly scanner: Scanner,
    /** Here-documents whose bodies follow the next newline; shared with nested substitutions. */
    private readonly pending: HereDocument[],
  ) {
    this.words = new WordReader(scanner, this);
  }

  untilParenthesis(scanner: Scanner): ListNode {
    const inner = new Parser(scanner, this.pending);
    const list = inner.compoundList(true);
    inner.expectOperator(')');
    return list;
  }

  whole(text: string, line: number): ListNode {
    return parseScript(text, line);
  }

  // Tokens

  private peek(): Token {
    if (this.peeked === undefined) {
      this.peeked = readToken(this.scanner, this.words);
      if (isOperator(this.peeked, '\n')) this.readHereDocuments();
      if (this.peeked.type === 'end' && !this.scanner.complete) throw new IncompleteInput();
    }
    return this.peeked;
  }

  private next(): Token {
    const token = this.peek();
    this.peeked = undefined;
    return token;
  }

  private acceptOperator(text: string): boolean {
    if (!isOperator(this.peek(), text)) return false;
    this.next();
    return true;
  }

  private acceptKeyword(text: string): boolean {
    const token = this.peek();
    if (token.type !== 'word' || token.keyword !== text) return false;
    this.next();
    return true;
  }

  private expectOperator(text: string): void {
    if (!this.acceptOperator(text)) throw this.unexpected(`"${text}"`);
  }

  private expectKeyword(text: string): void {
    if (!this.acceptKeyword(text)) throw this.unexpected(`"${text}"`);
  }

  private skipNewlines(): void {
    while (isOperator(this.peek(), '\n')) this.next();
  }

  private unexpected(expecting?: string, keywordsCount = true): Error {
    const name = tokenName(this.peek(), keywordsCount);
    return this.scanner.error(`${name} unexpected${expecting === undefined ? '' : ` (expecting ${expecting})`}`);
  }

  // Lists

  script(): ListNode {
    const items: ListNode['items'][number][] = [];
    for (;;) {
      const line = this.commandLine();
      if (line === undefined) return { kind: 'list', items };
      items.push(...line.items);
    }
  }

  /** One line of commands; undefined at the end of the text. */
  commandLine(): ListNode | undefined {
    const items: ListNode['items'][number][] = [];
    if (this.atEnd()) return undefined;
    for (;;) {
      if (this.acceptOperator('\n')) return { kind: 'list', items };
      if (this.peek().type === 'end') return { kind: 'list', items };
      const command = this.andOr();
      const background = this.acceptOperator('&');
      items.push({ command, background });
      if (background || this.acceptOperator(';')) continue;
      const token = this.peek();
      if (token.type !== 'end' && !isOperator(token, '\n')) throw this.unexpected();
    }
  }

  private atEnd(): boolean {
    try {
      return this.peek().type === 'end';
    } catch (error) {
      // Nothing but blanks is left: that is an end, not half a command.
      if (error instanceof IncompleteInput && this.peeked?.type === 'end') return true;
      throw error;
    }
  }

  private compoundList(mayBeEmpty: boolean): ListNode {
    const items: ListNode['items'][number][] = [];
    for (;;) {
      this.skipNewlines();
      const token = this.peek();
      if ((items.length > 0 || mayBeEmpty) && isListEnd(token)) return { kind: 'list', items };
      // At the end of the text the caller says what it wanted there.
      if (token.type === 'end') return { kind: 'list', items };
      const command = this.andOr();
      const background = this.acceptOperator('&');
      items.push({ command, background });
      if (background || this.acceptOperator(';') || isOperator(this.peek(), '\n')) continue;
      return { kind: 'list', items };
    }
  }

  private andOr(): CommandNode {
    const first = this.pipeline();
    const rest: AndOrNode['rest'][number][] = [];
    for (;;) {
      const operator = this.acceptOperator('&&') ? '&&' : this.acceptOperator('||') ? '||' : undefined;
      if (operator === undefined) return rest.length === 0 ? first : { kind: 'andor', first, rest };
      this.skipNewlines();
      rest.push({ operator, command: this.pipeline() });
    }
  }

  private pipeline(): CommandNode {
    const negated = this.acceptKeyword('!');
    const commands = [this.command()];
    while (this.acceptOperator('|')) {
      this.skipNewlines();
      commands.push(this.command());
    }
    if (commands.length === 1 && !negated) return commands[0]!;
    return { kind: 'pipeline', negated, commands } satisfies PipelineNode;
  }

  // Commands

  private command(): CommandNode {
    const token = this.peek();
    const line = this.scanner.line;
    if (token.type === 'redirect' || (token.type === 'word' && token.keyword === undefined)) return this.simple();
    const compound = this.scanner.nested(() => this.compound(token));
    const redirects: Redirect[] = [];
    while (this.peek().type === 'redirect') redirects.push(this.redirect());
    return redirects.length === 0 ? compound : { kind: 'redirected', line, command: compound, redirects };
  }

  private compound(token: Token): CommandNode {
    const line = this.scanner.line;
    if (this.acceptOperator('(')) {
      const body = this.compoundList(false);
      this.expectOperator(')');
      return { kind: 'subshell', line, body };
    }
    switch (token.type === 'word' ? token.keyword : undefined) {
      case '{': {
        this.next();
        const body = this.compoundList(false);
        this.expectKeyword('}');
        return { kind: 'group', body };
      }
      case 'if':
        return this.ifClause();
      case 'while':
        return this.loop('while');
      case 'until':
        return this.loop('until');
      case 'for':
        return this.forClause();
      case 'case':
        return this.caseClause();
      default:
        throw this.unexpected();
    }
  }

  private ifClause(): IfNode {
    const clauses: IfNode['clauses'][number][] = [];
    do {
      this.next();
      const condition = this.compoundList(false);
      this.expectKeyword('then');
      clauses.push({ condition, body: this.compoundList(false) });
    } while (isKeyword(this.peek(), 'elif'));
    const otherwise = this.acceptKeyword('else') ? this.compoundList(false) : null;
    this.expectKeyword('fi');
    return { kind: 'if', clauses, otherwise };
  }

  private loop(kind: 'while' | 'until'): LoopNode {
    this.next();
    const condition = this.compoundList(false);
    return { kind, condition, body: this.doGroup() };
  }

  private doGroup(): ListNode {
    this.expectKeyword('do');
    const body = this.compoundList(false);
    this.expectKeyword('done');
    return body;
  }

  private forClause(): ForNode {
    this.next();
    const line = this.scanner.line;
    const token = this.peek();
    const name = token.type === 'word' ? plainText(token.word) : undefined;
    if (name === undefined || !isName(name)) throw this.scanner.error('Bad for loop variable');
    this.next();
    let words: Word[] | null = null;
    if (!this.acceptOperator(';')) {
      this.skipNewlines();
      if (this.acceptKeyword('in')) words = this.forWords();
    }
    this.skipNewlines();
    return { kind: 'for', line, name, words, body: this.doGroup() };
  }

  private forWords(): Word[] {
    const words: Word[] = [];
    for (;;) {
      const token = this.peek();
      if (token.type !== 'word') break;
      words.push(token.word);
      this.next();
    }
    if (!this.acceptOperator(';') && !this.acceptOperator('\n')) throw this.unexpected(undefined, false);
    return words;
  }

  private caseClause(): CaseNode {
    this.next();
    const line = this.scanner.line;
    const subject = this.anyWord('word');
    this.skipNewlines();
    this.expectKeyword('in');
    const clauses: CaseNode['clauses'][number][] = [];
    for (;;) {
      this.skipNewlines();
      if (this.acceptKeyword('esac')) return { kind: 'case', line, subject, clauses };
      this.acceptOperator('(');
      const patterns = [this.casePattern()];
      while (this.acceptOperator('|')) patterns.push(this.casePattern());
      this.expectOperator(')');
      clauses.push({ patterns, body: this.compoundList(true) });
      if (this.acceptKeyword('esac')) return { kind: 'case', line, subject, clauses };
      if (!this.acceptOperator(';;')) throw this.unexpected('";;"');
    }
  }

  /** dash complains about what follows a pattern that is none. */
  private casePattern(): Word {
    const token = this.next();
    if (token.type === 'word') return token.word;
    throw isOperator(this.peek(), ')') ? this.unexpected() : this.unexpected('")"');
  }

  private anyWord(expecting?: string): Word {
    const token = this.peek();
    if (token.type !== 'word') throw this.unexpected(expecting);
    this.next();
    return token.word;
  }

  private simple(): CommandNode {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    const line = this.scanner.line;
    for (;;) {
      const token = this.peek();
      if (token.type === 'redirect') redirects.push(this.redirect());
      else if (token.type === 'word') {
        const assignment = words.length === 0 ? assignmentOf(token.word) : undefined;
        if (assignment) assignments.push(assignment);
        else words.push(token.word);
        this.next();
      } else if (isOperator(token, '(') && words.length === 1 && assignments.length + redirects.length === 0) {
        return this.functionDefinition(words[0]!, line);
      } else return { kind: 'simple', line, assignments, words, redirects } satisfies SimpleNode;
    }
  }

  private functionDefinition(word: Word, line: number): FunctionNode {
    this.next();
    this.expectOperator(')');
    const name = plainText(word);
    if (name === undefined || !isName(name) || SPECIAL_BUILTINS.has(name)) {
      throw this.scanner.error('Bad function name');
    }
    this.skipNewlines();
    return { kind: 'function', line, name, body: this.scanner.nested(() => this.command()) };
  }

  // Redirections

  private redirect(): Redirect {
    const token = this.next();
    if (token.type !== 'redirect') throw this.unexpected();
    const fd = token.fd >= 0 ? token.fd : token.text.startsWith('<') ? 0 : 1;
    if (token.text === '<<' || token.text === '<<-') return this.hereDocument(fd, token.text === '<<-');
    const operand = this.peek();
    if (operand.type !== 'word') throw this.unexpected();
    this.next();
    return { fd, operator: token.text as RedirectOperator, target: operand.word };
  }

  /** The delimiter is taken before the next token is read, so that the newline behind it finds the here-document waiting. */
  private hereDocument(fd: number, stripTabs: boolean): Redirect {
    skipBlanks(this.scanner);
    const start = this.scanner.at;
    const delimiter = this.words.delimiter();
    if (this.scanner.at === start) throw this.unexpected();
    const redirect = { fd, operator: '<<' as const, target: [] as Word };
    this.pending.push({ delimiter: delimiter.text, quoted: delimiter.quoted, stripTabs, redirect });
    return redirect;
  }

  /** Called at a newline: the bodies of the line's here-documents follow, in order (POSIX 2.7.4). */
  private readHereDocuments(): void {
    for (const document of this.pending.splice(0)) {
      const line = this.scanner.line;
      const text = readBody(this.scanner, document);
      if (document.quoted) document.redirect.target = [{ kind: 'literal', text, quoted: true }];
      else {
        const body = new Scanner(text, 0, line, true, this.scanner.line);
        document.redirect.target = this.scanner.nested(() => new WordReader(body, this).hereDocument());
      }
    }
  }
}

function isOperator(token: Token, text: string): boolean {
  return token.type === 'operator' && token.text === text;
}

function isKeyword(token: Token, text: string): boolean {
  return token.type === 'word' && token.keyword === text;
}

function isListEnd(token: Token): boolean {
  if (token.type === 'operator') return LIST_ENDS.has(token.text);
  return token.type === 'word' && token.keyword !== undefined && KEYWORD_ENDS.has(token.keyword);
}
