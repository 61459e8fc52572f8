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
  private depth = 0;

  constructor(
    private readonly sys: Sys,
    private readonly words: readonly string[],
    private readonly toPath: (text: string) => string,
  ) {}

  async whole(): Promise<boolean> {
    const { words } = this;
    const short = await this.byCount(words);
    if (short !== undefined) return short;
    const value = await this.or();
    if (this.at < words.length) throw new TestError(`${words[this.at]}: unexpected operator`);
    return value;
  }

  /** Up to four arguments: POSIX says what each number of them means, whatever they look like. */
  private async byCount(words: readonly string[]): Promise<boolean | undefined> {
    const [first = '', second = '', third = ''] = words;
    if (words.length === 0) return false;
    if (words.length === 1) return first !== '';
    if (words.length === 2 && first === '!') return second === '';
    if (words.length === 3 && BINARY.has(second)) return this.binary(first, second, third);
    if (words.length === 3 && first === '(' && third === ')') return second !== '';
    if (words.length === 4 && first === '!') {
      const rest = await this.byCount(words.slice(1));
      return rest === undefined ? undefined : !rest;
    }
    return undefined;
  }

  private peek(): string | undefined {
    return this.words[this.at];
  }

  private async or(): Promise<boolean> {
    let value = await this.and();
    while (this.peek() === '-o') {
      this.at++;
      const right = await this.and();
      value ||= right;
    }
    return value;
  }

  private async and(): Promise<boolean> {
    let value = await this.not();
    while (this.peek() === '-a') {
      this.at++;
      const right = await this.not();
      value &&= right;
    }
    return value;
  }

  private async not(): Promise<boolean> {
    let negated = false;
    while (this.peek() === '!' && !this.operatorFollows()) {
      this.at++;
      negated = !negated;
    }
    return (await this.primary()) !== negated;
  }

  private operatorFollows(): boolean {
    const operator = this.words[this.at + 1];
    return operator !== undefined && BINARY.has(operator) && this.at + 2 < this.words.length;
  }

  private async primary(): Promise<boolean> {
    const word = this.peek();
    if (word === undefined) throw new TestError('argument expected');
    if (this.operatorFollows()) {
      this.at += 3;
      return this.binary(word, this.words[this.at - 2]!, this.words[this.at - 1]!);
    }
    this.at++;
    if (word === '(') return this.parenthesis();
    const operand = this.peek();
    if (UNARY.has(word) && operand !== undefined) {
      this.at++;
      return this.unary(word, operand);
    }
    const next = this.peek();
    if (next !== undefined && next !== '-a' && next !== '-o' && next !== ')') {
      throw new TestError(`${word}: unexpected operator`);
    }
    return word !== '';
  }

  private async parenthesis(): Promise<boolean> {
    if (++this.depth > MAX_DEPTH) throw new TestError('nested too deeply');
    const value = await this.or();
    if (this.peek() !== ')') throw new TestError('closing paren expected');
    this.at++;
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
    if (operator === '-ot') return b !== undefined && (a === undefined || a.mtimeNs < b.mtimeNs);
    return a !== undefined && (b === undefined || a.mtimeNs > b.mtimeNs);
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
