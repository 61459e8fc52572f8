/**
 * The grammar of the POSIX shell (2.10) by recursive descent: text to tree, one complete command at a time, as a shell reads its input. Lists, pipelines, simple commands and
 * functions are here, compound commands beside (compound-commands.ts).
 *
 * Promises: any text ends in a tree or in a `ShellSyntaxError` with dash's words and the line; nothing is executed or looked up.
 * Leaves out: aliases (an explicit error of the `alias` built-in).
 */
import type {
  AndOrNode,
  Assignment,
  CommandNode,
  FunctionNode,
  ListNode,
  PipelineNode,
  Redirect,
  SimpleNode,
  Word,
} from './ast.ts';
import { CompoundCommands } from './compound-commands.ts';
import { IncompleteInput } from './errors.ts';
import type { HereDocument } from './here-document.ts';
import { isName, Scanner } from './scanner.ts';
import { TokenStream } from './token-stream.ts';
import { isListEnd } from './tokens.ts';
import { assignmentOf, type CommandGrammar, plainText } from './words.ts';

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

/** dash refuses these names for functions (they are its special built-ins). */
const SPECIAL_BUILTINS = new Set(
  '. : break continue eval exec exit export readonly return set shift times trap unset'.split(' '),
);

class Parser implements CommandGrammar {
  private readonly tokens: TokenStream;
  private readonly compounds: CompoundCommands;

  constructor(
    private readonly scanner: Scanner,
    pending: HereDocument[],
  ) {
    this.tokens = new TokenStream(scanner, this, pending);
    this.compounds = new CompoundCommands(scanner, this.tokens, (mayBeEmpty) => this.compoundList(mayBeEmpty));
  }

  untilParenthesis(scanner: Scanner): ListNode {
    const inner = new Parser(scanner, this.tokens.pending);
    const list = inner.compoundList(true);
    inner.tokens.expectOperator(')');
    return list;
  }

  whole(text: string, line: number): ListNode {
    return parseScript(text, line);
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
    if (this.tokens.atEnd()) return undefined;
    for (;;) {
      if (this.tokens.acceptOperator('\n')) return { kind: 'list', items };
      if (this.tokens.peek().type === 'end') return { kind: 'list', items };
      const command = this.andOr();
      const background = this.tokens.acceptOperator('&');
      items.push({ command, background });
      if (background || this.tokens.acceptOperator(';')) continue;
      const token = this.tokens.peek();
      if (token.type !== 'end' && !this.tokens.atOperator('\n')) throw this.tokens.unexpected();
    }
  }

  private compoundList(mayBeEmpty: boolean): ListNode {
    const items: ListNode['items'][number][] = [];
    for (;;) {
      this.tokens.skipNewlines();
      const token = this.tokens.peek();
      if ((items.length > 0 || mayBeEmpty) && isListEnd(token)) return { kind: 'list', items };
      // At the end of the text the caller says what it wanted there.
      if (token.type === 'end') return { kind: 'list', items };
      const command = this.andOr();
      const background = this.tokens.acceptOperator('&');
      items.push({ command, background });
      if (background || this.tokens.acceptOperator(';') || this.tokens.atOperator('\n')) continue;
      return { kind: 'list', items };
    }
  }

  private andOr(): CommandNode {
    const first = this.pipeline();
    const rest: AndOrNode['rest'][number][] = [];
    for (;;) {
      const operator = this.tokens.acceptOperator('&&') ? '&&' : this.tokens.acceptOperator('||') ? '||' : undefined;
      if (operator === undefined) return rest.length === 0 ? first : { kind: 'andor', first, rest };
      this.tokens.skipNewlines();
      rest.push({ operator, command: this.pipeline() });
    }
  }

  private pipeline(): CommandNode {
    const negated = this.tokens.acceptKeyword('!');
    const commands = [this.command()];
    while (this.tokens.acceptOperator('|')) {
      this.tokens.skipNewlines();
      commands.push(this.command());
    }
    if (commands.length === 1 && !negated) return commands[0]!;
    return { kind: 'pipeline', negated, commands } satisfies PipelineNode;
  }

  // Commands

  private command(): CommandNode {
    const token = this.tokens.peek();
    const line = this.scanner.line;
    if (token.type === 'redirect' || (token.type === 'word' && token.keyword === undefined)) return this.simple();
    const compound = this.scanner.nested(() => this.compounds.read(token));
    const redirects: Redirect[] = [];
    while (this.tokens.peek().type === 'redirect') redirects.push(this.tokens.redirect());
    return redirects.length === 0 ? compound : { kind: 'redirected', line, command: compound, redirects };
  }

  private simple(): CommandNode {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    const line = this.scanner.line;
    for (;;) {
      const token = this.tokens.peek();
      if (token.type === 'redirect') redirects.push(this.tokens.redirect());
      else if (token.type === 'word') {
        const assignment = words.length === 0 ? assignmentOf(token.word) : undefined;
        if (assignment) assignments.push(assignment);
        else words.push(token.word);
        this.tokens.next();
      } else if (this.tokens.atOperator('(') && words.length === 1 && assignments.length + redirects.length === 0) {
        return this.functionDefinition(words[0]!, line);
      } else return { kind: 'simple', line, assignments, words, redirects } satisfies SimpleNode;
    }
  }

  private functionDefinition(word: Word, line: number): FunctionNode {
    this.tokens.next();
    this.tokens.expectOperator(')');
    const name = plainText(word);
    if (name === undefined || !isName(name) || SPECIAL_BUILTINS.has(name)) {
      throw this.scanner.error('Bad function name');
    }
    this.tokens.skipNewlines();
    return { kind: 'function', line, name, body: this.scanner.nested(() => this.command()) };
  }
}
