/** Compound commands of the shell (POSIX 2.9.4): subshells and groups, if, while and until, for, case. What stands within is read as lists. */
import type { CaseNode, CommandNode, ForNode, IfNode, ListNode, LoopNode, Word } from './ast.ts';
import { isName, type Scanner } from './scanner.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';
import { plainText } from './words.ts';

export class CompoundCommands {
  constructor(
    private readonly scanner: Scanner,
    private readonly tokens: TokenStream,
    private readonly list: (mayBeEmpty: boolean) => ListNode,
  ) {}

  /** Begins at a token that is looked at ahead. */
  read(token: Token): CommandNode {
    const line = this.scanner.line;
    if (this.tokens.acceptOperator('(')) {
      const body = this.list(false);
      this.tokens.expectOperator(')');
      return { kind: 'subshell', line, body };
    }
    switch (token.type === 'word' ? token.keyword : undefined) {
      case '{': {
        this.tokens.next();
        const body = this.list(false);
        this.tokens.expectKeyword('}');
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
        throw this.tokens.unexpected();
    }
  }

  private ifClause(): IfNode {
    const clauses: IfNode['clauses'][number][] = [];
    do {
      this.tokens.next();
      const condition = this.list(false);
      this.tokens.expectKeyword('then');
      clauses.push({ condition, body: this.list(false) });
    } while (this.tokens.atKeyword('elif'));
    const otherwise = this.tokens.acceptKeyword('else') ? this.list(false) : null;
    this.tokens.expectKeyword('fi');
    return { kind: 'if', clauses, otherwise };
  }

  private loop(kind: 'while' | 'until'): LoopNode {
    this.tokens.next();
    const condition = this.list(false);
    return { kind, condition, body: this.doGroup() };
  }

  private doGroup(): ListNode {
    this.tokens.expectKeyword('do');
    const body = this.list(false);
    this.tokens.expectKeyword('done');
    return body;
  }

  private forClause(): ForNode {
    this.tokens.next();
    const line = this.scanner.line;
    const token = this.tokens.peek();
    const name = token.type === 'word' ? plainText(token.word) : undefined;
    if (name === undefined || !isName(name)) throw this.scanner.error('Bad for loop variable');
    this.tokens.next();
    let words: Word[] | null = null;
    if (!this.tokens.acceptOperator(';')) {
      this.tokens.skipNewlines();
      if (this.tokens.acceptKeyword('in')) words = this.forWords();
    }
    this.tokens.skipNewlines();
    return { kind: 'for', line, name, words, body: this.doGroup() };
  }

  private forWords(): Word[] {
    const words: Word[] = [];
    for (;;) {
      const token = this.tokens.peek();
      if (token.type !== 'word') break;
      words.push(token.word);
      this.tokens.next();
    }
    if (!this.tokens.acceptOperator(';') && !this.tokens.acceptOperator('\n'))
      throw this.tokens.unexpected(undefined, false);
    return words;
  }

  private caseClause(): CaseNode {
    this.tokens.next();
    const line = this.scanner.line;
    const subject = this.subject();
    this.tokens.skipNewlines();
    this.tokens.expectKeyword('in');
    const clauses: CaseNode['clauses'][number][] = [];
    for (;;) {
      this.tokens.skipNewlines();
      if (this.tokens.acceptKeyword('esac')) return { kind: 'case', line, subject, clauses };
      this.tokens.acceptOperator('(');
      const patterns = [this.casePattern()];
      while (this.tokens.acceptOperator('|')) patterns.push(this.casePattern());
      this.tokens.expectOperator(')');
      clauses.push({ patterns, body: this.list(true) });
      if (this.tokens.acceptKeyword('esac')) return { kind: 'case', line, subject, clauses };
      if (!this.tokens.acceptOperator(';;')) throw this.tokens.unexpected('";;"');
    }
  }

  /** dash complains about what follows a pattern that is none. */
  private casePattern(): Word {
    const token = this.tokens.next();
    if (token.type === 'word') return token.word;
    throw this.tokens.atOperator(')') ? this.tokens.unexpected() : this.tokens.unexpected('")"');
  }

  private subject(): Word {
    const token = this.tokens.peek();
    if (token.type !== 'word') throw this.tokens.unexpected('word');
    this.tokens.next();
    return token.word;
  }
}
