/** The conditions of `test` and `[` (POSIX test): meaning by the number of arguments, and dash's grammar beyond four. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { FileStat, Sys } from '@netarium/core/syscall/sys.ts';

/** A condition that is none; the text is dash's. */
export class TestError extends Error {
  override readonly name = 'TestError';
}

const UNARY = new Set([...'bcdefghknprstuwxzLOSG'].map((letter) => `-${letter}`));
const BINARY = new Set(['=', '!=', '<', '>', '-eq', '-ne', '-gt', '-ge', '-lt', '-le', '-nt', '-ot', '-ef']);
const MAX_DEPTH = 200;

/** `toPath` turns an argument into a path, where arguments are byte strings. */
export function evaluateTest(
  sys: Sys,
  words: readonly string[],
  toPath: (text: string) => string = (text) => text,
): Promise<boolean> {
  return new Condition(sys, words, toPath).whole();
}

class Condition {
  private at = 0;
  private end: number;
  private depth = 0;

  constructor(
    private readonly sys: Sys,
    private readonly words: readonly string[],
    private readonly toPath: (text: string) => string,
  ) {
    this.end = words.length;
  }

  /** POSIX says what up to four arguments mean; beyond that, and where they do not fit, it is a grammar. */
  async whole(): Promise<boolean> {
    const { words } = this;
    if (words.length === 0) return false;
    if (words.length === 3 && BINARY.has(words[1]!)) return this.binary(words[0]!, words[1]!, words[2]!);
    let value: boolean;
    if ((words.length === 3 || words.length === 4) && words[0] === '(' && words.at(-1) === ')') {
      this.end--;
      this.at = 1;
      value = await this.or(this.token());
    } else if (words.length === 4 && words[0] === '!') value = await this.or('!');
    else value = await this.or(this.token());
    if (this.at + 1 < this.end) {
      const word = words[this.at]!;
      throw new TestError(word === '' ? 'unexpected operator' : `${word}: unexpected operator`);
    }
    return value;
  }

  private word(at = this.at): string | undefined {
    return at < this.end ? this.words[at] : undefined;
  }

  /**
   * What the word here is: an operator, '' at the end, or undefined for an operand. An operator that stands where an operand is wanted, with
   * nothing or with a comparison behind it, is an operand.
   */
  private token(at = this.at): string | undefined {
    const word = this.word(at);
    if (word === undefined) return '';
    const next = this.word(at + 1);
    if (word === '(') return next === undefined ? undefined : word;
    if (UNARY.has(word)) {
      const operand = next === undefined || (this.word(at + 2) !== undefined && BINARY.has(next));
      return operand ? undefined : word;
    }
    return word === '!' || word === ')' || word === '-a' || word === '-o' || BINARY.has(word) ? word : undefined;
  }

  private async or(token: string | undefined): Promise<boolean> {
    let value = await this.and(token);
    while (this.token(this.at + 1) === '-o') {
      this.at += 2;
      const right = await this.and(this.token());
      value ||= right;
    }
    return value;
  }

  private async and(token: string | undefined): Promise<boolean> {
    let value = await this.not(token);
    while (this.token(this.at + 1) === '-a') {
      this.at += 2;
      const right = await this.not(this.token());
      value &&= right;
    }
    return value;
  }

  private async not(token: string | undefined): Promise<boolean> {
    let negated = false;
    for (; token === '!'; token = this.token()) {
      negated = !negated;
      this.at++;
    }
    return (await this.primary(token)) !== negated;
  }

  /** Leaves the position on the last word that it used. */
  private async primary(token: string | undefined): Promise<boolean> {
    if (token === '') return false;
    if (token === '(') return this.parenthesis();
    if (token !== undefined && UNARY.has(token)) return this.unary(token, this.word(++this.at)!);
    const left = this.word()!;
    const operator = this.word(this.at + 1);
    if (operator === undefined || !BINARY.has(operator)) return left !== '';
    const right = this.word(this.at + 2);
    if (right === undefined) throw new TestError(`${operator}: argument expected`);
    this.at += 2;
    return this.binary(left, operator, right);
  }

  private async parenthesis(): Promise<boolean> {
    if (++this.depth > MAX_DEPTH) throw new TestError('nested too deeply');
    this.at++;
    const token = this.token();
    if (token === ')') return false;
    const value = await this.or(token);
    this.at++;
    if (this.token() !== ')') throw new TestError('closing paren expected');
    this.depth--;
    return value;
  }

  private async unary(operator: string, operand: string): Promise<boolean> {
    switch (operator) {
      case '-n':
        return operand !== '';
      case '-z':
        return operand === '';
      case '-t':
        return this.isTerminal(Number(integer(operand)));
      case '-r':
        return this.may(operand, 'read');
      case '-w':
        return this.may(operand, 'write');
      case '-x':
        return this.may(operand, 'execute');
    }
    const link = operator === '-h' || operator === '-L';
    const stat = await this.stat(operand, link);
    return stat !== undefined && this.fileIs(operator, stat);
  }

  private async fileIs(operator: string, stat: FileStat): Promise<boolean> {
    switch (operator) {
      case '-e':
        return true;
      case '-f':
        return stat.type === 'file';
      case '-d':
        return stat.type === 'directory';
      case '-h':
      case '-L':
        return stat.type === 'symlink';
      case '-p':
        return stat.type === 'fifo';
      case '-S':
        return stat.type === 'socket';
      case '-c':
        return stat.type === 'chardev';
      case '-s':
        return stat.size > 0;
      case '-u':
        return (stat.mode & 0o4000) !== 0;
      case '-g':
        return (stat.mode & 0o2000) !== 0;
      case '-k':
        return (stat.mode & 0o1000) !== 0;
      case '-O':
        return stat.uid === (await this.sys.getuid());
      case '-G':
        return stat.gid === (await this.sys.getuid());
      default:
        // -b: simulated hosts have no block devices.
        return false;
    }
  }

  private async binary(left: string, operator: string, right: string): Promise<boolean> {
    switch (operator) {
      case '=':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '>':
        return left > right;
      case '-nt':
      case '-ot':
      case '-ef':
        return this.compareFiles(left, operator, right);
      default:
        return compare(integer(left), operator, integer(right));
    }
  }

  private async compareFiles(left: string, operator: string, right: string): Promise<boolean> {
    const a = await this.stat(left, false);
    const b = await this.stat(right, false);
    if (operator === '-ef') return a !== undefined && b !== undefined && a.ino === b.ino;
    // dash: a file that is not there is neither newer nor older.
    if (a === undefined || b === undefined) return false;
    return operator === '-ot' ? a.mtimeNs < b.mtimeNs : a.mtimeNs > b.mtimeNs;
  }

  private async stat(path: string, link: boolean): Promise<FileStat | undefined> {
    try {
      return await (link ? this.sys.lstat(this.toPath(path)) : this.sys.stat(this.toPath(path)));
    } catch (error) {
      if (error instanceof SysError) return undefined;
      throw error;
    }
  }

  private async may(path: string, mode: 'read' | 'write' | 'execute'): Promise<boolean> {
    try {
      await this.sys.access(this.toPath(path), mode);
      return true;
    } catch (error) {
      if (error instanceof SysError) return false;
      throw error;
    }
  }

  private async isTerminal(fd: number): Promise<boolean> {
    try {
      return await this.sys.isatty(fd);
    } catch (error) {
      if (error instanceof SysError) return false;
      throw error;
    }
  }
}

function integer(text: string): bigint {
  const match = /^[ \t\n]*([-+]?)([0-9]+)[ \t\n]*$/.exec(text);
  if (match === null) throw new TestError(`Illegal number: ${text}`);
  return match[1] === '-' ? -BigInt(match[2]!) : BigInt(match[2]!);
}

function compare(left: bigint, operator: string, right: bigint): boolean {
  switch (operator) {
    case '-eq':
      return left === right;
    case '-ne':
      return left !== right;
    case '-gt':
      return left > right;
    case '-ge':
      return left >= right;
    case '-lt':
      return left < right;
    default:
      return left <= right;
  }
}
