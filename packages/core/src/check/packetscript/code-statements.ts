/**
 * Statements of `%{ code }%`: `assert`, assignments to variables of the script, `if`, `elif` and `else`, `print` and `pass`. Variables last from one
 * block to the next, as the tool runs all blocks as one program. Loops, functions, imports and anything else are refused by name.
 */
import { evaluate, type Lookup } from './code-expression.ts';
import { CannotRun } from './problem.ts';

export interface Assertion {
  readonly line: number;
  readonly text: string;
  readonly holds: boolean;
  /** The values of the names that the assertion uses. */
  readonly values: ReadonlyMap<string, number>;
}

/** A statement, or the head of a block (`if x:`), with what Python calls its indentation. */
interface Statement {
  readonly text: string;
  readonly line: number;
  readonly indent: number;
}

/** Runs a block that begins in `line`; answers its assertions up to the first that does not hold. */
export function runCode(text: string, line: number, lookup: Lookup, variables: Map<string, number>): Assertion[] {
  const block = new Block(statementsOf(text, line), (name) => lookup(name) ?? variables.get(name), variables);
  block.run();
  return block.assertions;
}

/** Deeper than any script has it, and far from the end of the stack: a block is at least a blank deeper than the one around it. */
const INDENT_MAX = 500;

class Block {
  readonly assertions: Assertion[] = [];
  private at = 0;

  constructor(
    private readonly all: readonly Statement[],
    private readonly lookup: Lookup,
    private readonly variables: Map<string, number>,
  ) {}

  run(): void {
    while (this.at < this.all.length) this.statement(true);
  }

  private statement(active: boolean): void {
    const one = this.all[this.at++]!;
    if (one.indent > INDENT_MAX) throw new CannotRun(one.line, 'code of less indentation', one.text);
    if (/^if\b/.test(one.text)) this.branches(one, active);
    else if (active) this.simple(one);
  }

  /** `if`, and each `elif` and `else` of the same indentation. */
  private branches(first: Statement, active: boolean): void {
    let open = active;
    for (let head: Statement | undefined = first; head !== undefined; head = this.nextBranch(first)) {
      const found = /^(if|elif|else)\b(.*?):\s*([^:]*)$/s.exec(head.text);
      if (found === null) throw new CannotRun(head.line, `the code '${head.text}'`);
      const [, word, condition = '', rest = ''] = found;
      const holds: boolean = open && (word === 'else' || this.value(condition, head.line) !== 0);
      if (holds) open = false;
      if (rest !== '' && holds) this.simple({ ...head, text: rest });
      while (this.at < this.all.length && this.all[this.at]!.indent > first.indent) this.statement(holds);
    }
  }

  private nextBranch({ indent }: Statement): Statement | undefined {
    const next = this.all[this.at];
    if (next === undefined || next.indent !== indent || !/^(elif|else)\b/.test(next.text)) return undefined;
    this.at++;
    return next;
  }

  private value(text: string, line: number): number {
    return evaluate(text, line, this.lookup).value;
  }

  private simple({ text, line }: Statement): void {
    if (text === 'pass' || /^print\s*\(/.test(text)) return;
    const condition = /^assert\b(.*)$/s.exec(text);
    if (condition !== null) {
      const { value, names } = evaluate(condition[1]!, line, this.lookup);
      this.assertions.push({ line, text, holds: value !== 0, values: names });
      return;
    }
    const assignment = /^([A-Za-z_]\w*)\s*([-+*&|]?)=(?!=)(.*)$/s.exec(text);
    if (assignment === null) throw new CannotRun(line, 'code other than assert, assignments and if', text);
    const [, name = '', operator = '', right = ''] = assignment;
    this.variables.set(name, this.value(operator === '' ? right : `${name} ${operator} (${right})`, line));
  }
}

/** Splits at ends of lines and semicolons that stand outside of brackets and quotes; comments and continuations vanish. */
function statementsOf(text: string, line: number): Statement[] {
  const statements: Statement[] = [];
  const part = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|\\\n|[\s\S]/g;
  let [current, indent, depth, at, startLine] = ['', '', 0, line, line];
  const end = (): void => {
    if (current !== '') statements.push({ text: current.trimEnd(), line: startLine, indent: indent.length });
    current = '';
  };
  for (const [piece] of text.replace(/^[ \t]+/, '').matchAll(part)) {
    if (piece === '\n' || piece === '\\\n') at++;
    if (piece === '(' || piece === '[') depth++;
    if (piece === ')' || piece === ']') depth--;
    if ((piece === '\n' || piece === ';') && depth <= 0) {
      end();
      // A semicolon parts statements of one line, and so of one indentation.
      if (piece === '\n') indent = '';
    } else if (current === '' && (piece === ' ' || piece === '\t'))
      indent += statements.at(-1)?.line === at ? '' : piece;
    else if (!piece.startsWith('#') && (current !== '' || piece.trim() !== '')) {
      if (current === '') startLine = at;
      current += piece === '\\\n' || piece === '\n' ? ' ' : piece;
    }
  }
  end();
  return statements;
}
