/** The tokens of a text, one looked at ahead, and its redirections. At a newline the bodies of the line's here-documents are read, before any token behind them. */
import type { Redirect, RedirectOperator, Word } from './ast.ts';
import { IncompleteInput } from './errors.ts';
import { type HereDocument, readBody } from './here-document.ts';
import { Scanner } from './scanner.ts';
import { readToken, skipBlanks, type Token, tokenName } from './tokens.ts';
import { type CommandGrammar, WordReader } from './words.ts';

export class TokenStream {
  private readonly words: WordReader;
  private peeked: Token | undefined;

  constructor(
    private readonly scanner: Scanner,
    private readonly grammar: CommandGrammar,
    /** Here-documents whose bodies follow the next newline; shared with nested substitutions. */
    readonly pending: HereDocument[],
  ) {
    this.words = new WordReader(scanner, grammar);
  }

  peek(): Token {
    if (this.peeked === undefined) {
      this.peeked = readToken(this.scanner, this.words);
      if (isOperator(this.peeked, '\n')) this.readHereDocuments();
      if (this.peeked.type === 'end' && !this.scanner.complete) throw new IncompleteInput();
    }
    return this.peeked;
  }

  next(): Token {
    const token = this.peek();
    this.peeked = undefined;
    return token;
  }

  atOperator(text: string): boolean {
    return isOperator(this.peek(), text);
  }

  atKeyword(text: string): boolean {
    const token = this.peek();
    return token.type === 'word' && token.keyword === text;
  }

  acceptOperator(text: string): boolean {
    if (!this.atOperator(text)) return false;
    this.next();
    return true;
  }

  acceptKeyword(text: string): boolean {
    if (!this.atKeyword(text)) return false;
    this.next();
    return true;
  }

  expectOperator(text: string): void {
    if (!this.acceptOperator(text)) throw this.unexpected(`"${text}"`);
  }

  expectKeyword(text: string): void {
    if (!this.acceptKeyword(text)) throw this.unexpected(`"${text}"`);
  }

  skipNewlines(): void {
    while (this.acceptOperator('\n'));
  }

  unexpected(expecting?: string, keywordsCount = true): Error {
    const name = tokenName(this.peek(), keywordsCount);
    return this.scanner.error(`${name} unexpected${expecting === undefined ? '' : ` (expecting ${expecting})`}`);
  }

  atEnd(): boolean {
    try {
      return this.peek().type === 'end';
    } catch (error) {
      // Nothing but blanks is left: that is an end, not half a command.
      if (error instanceof IncompleteInput && this.peeked?.type === 'end') return true;
      throw error;
    }
  }

  redirect(): Redirect {
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
        document.redirect.target = this.scanner.nested(() => new WordReader(body, this.grammar).hereDocument());
      }
    }
  }
}

function isOperator(token: Token, text: string): boolean {
  return token.type === 'operator' && token.text === text;
}
