/** find(1): walks directory trees. Tests and actions joined by and, -o, ! and parentheses; names come in the order of their bytes. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { FileStat, Program, Sys } from '@netarium/core/syscall/sys.ts';
import { withHelp } from '../lib/help.ts';
import { type ProgramOptions, unsupported } from '../lib/options.ts';
import { print, printError } from '../lib/stdio.ts';
import { compilePattern, matchPattern } from '../shell/pattern.ts';
import { runCommand } from './run-command.ts';
import { compareText } from './text.ts';
import { quote } from './tool.ts';
import { baseName, joinPath } from './walk.ts';

export const options: ProgramOptions = {
  name: 'find',
  usage: 'find [path...] [expression]',
  options: [
    { names: ['-name'], value: 'pattern', help: 'the last component matches' },
    { names: ['-iname'], value: 'pattern', help: 'as -name; capitals and small letters are equal' },
    { names: ['-path'], value: 'pattern', help: 'the whole path matches' },
    { names: ['-type'], value: 'f|d|l|p|s|c', help: 'of this type' },
    { names: ['-empty'], help: 'an empty file or directory' },
    { names: ['-size'], value: '[+-]n[ck]', help: 'of this size' },
    { names: ['-newer'], value: 'file', help: 'changed after this file' },
    { names: ['-maxdepth'], value: 'n', help: 'not deeper than this' },
    { names: ['-mindepth'], value: 'n', help: 'not above this' },
    { names: ['-print'], help: 'the path on a line (the default)' },
    { names: ['-print0'], help: 'the path and a zero byte' },
    { names: ['-delete'], help: 'remove it; what is in a directory comes first' },
    { names: ['-exec'], value: 'command ;', help: 'run a command, {} is the path' },
    { names: ['-prune'], help: 'do not go into the directory' },
    { names: ['-true'], help: 'always true' },
    { names: ['-false'], help: 'never true' },
    { names: ['-a', '-and'], help: 'both' },
    { names: ['-o', '-or'], help: 'either' },
    { names: ['!', '-not'], help: 'not' },
    { names: ['('], help: 'begin a group' },
    { names: [')'], help: 'end a group' },
  ],
};

class FindError extends Error {
  override readonly name = 'FindError';
}

interface Entry {
  readonly path: string;
  readonly stat: FileStat;
}

interface Run {
  readonly sys: Sys;
  prune: boolean;
  failed: boolean;
}

type Test = (entry: Entry, run: Run) => boolean | Promise<boolean>;

const TYPES: ReadonlyMap<string, FileStat['type']> = new Map([
  ['f', 'file'],
  ['d', 'directory'],
  ['l', 'symlink'],
  ['p', 'fifo'],
  ['s', 'socket'],
  ['c', 'chardev'],
]);
const MAX_DEPTH = 256;
const MAX_NESTING = 100;

class ExpressionParser {
  private at = 0;
  private nesting = 0;
  acts = false;
  depthFirst = false;
  maxDepth = MAX_DEPTH;
  minDepth = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly sys: Sys,
  ) {}

  async whole(): Promise<Test> {
    if (this.words.length === 0) return () => true;
    const test = await this.or();
    if (this.at < this.words.length) throw new FindError("you have too many ')'");
    return test;
  }

  private accept(...names: string[]): boolean {
    if (!names.includes(this.words[this.at] ?? '')) return false;
    this.at++;
    return true;
  }

  private async or(): Promise<Test> {
    let left = await this.and();
    while (this.accept('-o', '-or')) {
      const [first, second] = [left, await this.and()];
      left = async (entry, run) => (await first(entry, run)) || second(entry, run);
    }
    return left;
  }

  private async and(): Promise<Test> {
    let left = await this.not();
    for (;;) {
      const next = this.words[this.at];
      if (next === undefined || next === ')' || next === '-o' || next === '-or') return left;
      this.accept('-a', '-and');
      const [first, second] = [left, await this.not()];
      left = async (entry, run) => (await first(entry, run)) && second(entry, run);
    }
  }

  private async not(): Promise<Test> {
    if (++this.nesting > MAX_NESTING) throw new FindError('the expression is nested too deeply');
    let test: Test;
    if (this.accept('!', '-not')) {
      const inner = await this.not();
      test = async (entry, run) => !(await inner(entry, run));
    } else if (this.accept('(')) {
      test = await this.or();
      if (!this.accept(')'))
        throw new FindError("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
    } else test = await this.primary();
    this.nesting--;
    return test;
  }

  private argument(name: string): string {
    const value = this.words[this.at++];
    if (value === undefined) throw new FindError(`missing argument to \`${name}'`);
    return value;
  }

  private number(name: string): number {
    const text = this.argument(name);
    if (!/^[0-9]{1,9}$/.test(text))
      throw new FindError(`Expected a positive decimal integer argument to ${name}, but got ${quote(text)}`);
    return Number(text);
  }

  private async primary(): Promise<Test> {
    const name = this.words[this.at++];
    if (name === undefined) throw new FindError('expected an expression after an operator');
    switch (name) {
      case '-name':
        return matcher(this.argument(name), false, (path) => baseName(path));
      case '-iname':
        return matcher(this.argument(name), true, (path) => baseName(path));
      case '-path':
        return matcher(this.argument(name), false, (path) => path);
      case '-type': {
        const letter = this.argument(name);
        const type = TYPES.get(letter);
        if (type === undefined) throw new FindError(`Unknown argument to -type: ${letter}`);
        return (entry) => entry.stat.type === type;
      }
      case '-empty':
        return isEmpty;
      case '-size':
        return sizeTest(this.argument(name));
      case '-newer': {
        const { mtimeNs } = await this.sys.stat(this.argument(name));
        return (entry) => entry.stat.mtimeNs > mtimeNs;
      }
      case '-maxdepth':
        this.maxDepth = this.number(name);
        return () => true;
      case '-mindepth':
        this.minDepth = this.number(name);
        return () => true;
      case '-true':
        return () => true;
      case '-false':
        return () => false;
      case '-prune':
        return (_entry, run) => (run.prune = true);
      default:
        return this.action(name);
    }
  }

  private action(name: string): Test {
    this.acts = true;
    switch (name) {
      case '-print':
        return printer('\n');
      case '-print0':
        return printer('\0');
      case '-delete':
        this.depthFirst = true;
        return remove;
      case '-exec': {
        const end = this.words.indexOf(';', this.at);
        if (end < 0 || end === this.at) throw new FindError("missing argument to `-exec'");
        const command = this.words.slice(this.at, end);
        this.at = end + 1;
        return execute(command);
      }
    }
    if (name.startsWith('-')) throw new FindError(unsupported('find', name).replace(/^find: /, ''));
    throw new FindError(`paths must precede expression: \`${name}'`);
  }
}

function matcher(pattern: string, ignoreCase: boolean, part: (path: string) => string): Test {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const compiled = compilePattern(fold(pattern));
  return ({ path }) => matchPattern(compiled, fold(part(path)));
}

function sizeTest(text: string): Test {
  const match = /^([-+]?)([0-9]{1,15})([ckMb]?)$/.exec(text);
  if (match === null) throw new FindError(`invalid argument \`${text}' to \`-size'`);
  const unit = match[3] === 'c' ? 1 : match[3] === 'k' ? 1024 : match[3] === 'M' ? 1024 * 1024 : 512;
  const wanted = Number(match[2]);
  return ({ stat }) => {
    const units = Math.ceil(stat.size / unit);
    return match[1] === '+' ? units > wanted : match[1] === '-' ? units < wanted : units === wanted;
  };
}

const isEmpty: Test = async ({ path, stat }, { sys }) => {
  if (stat.type === 'file') return stat.size === 0;
  return stat.type === 'directory' && (await sys.readdir(path)).every(({ name }) => name === '.' || name === '..');
};

const printer =
  (end: string): Test =>
  async ({ path }, { sys }) => {
    await print(sys, `${path}${end}`);
    return true;
  };

const remove: Test = async ({ path, stat }, run) => {
  if (path === '.') return true;
  try {
    await (stat.type === 'directory' ? run.sys.rmdir(path) : run.sys.unlink(path));
    return true;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await complain(run, `cannot delete ${quote(path)}: ${error.reason.text}`);
    return false;
  }
};

const execute =
  (command: readonly string[]): Test =>
  async ({ path }, run) => {
    const argv = command.map((word) => word.replaceAll('{}', path));
    try {
      return (await runCommand(run.sys, argv)).code === 0;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await complain(run, `${quote(argv[0]!)}: ${error.reason.text}`);
      return false;
    }
  };

async function complain(run: Run, message: string): Promise<void> {
  run.failed = true;
  await printError(run.sys, `find: ${message}\n`);
}

async function visit(path: string, depth: number, test: Test, parser: ExpressionParser, run: Run): Promise<void> {
  let stat: FileStat;
  try {
    stat = await run.sys.lstat(path);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    return complain(run, `${quote(path)}: ${error.reason.text}`);
  }
  const entry = { path, stat };
  const counts = depth >= parser.minDepth;
  run.prune = false;
  if (counts && !parser.depthFirst) await test(entry, run);
  if (stat.type === 'directory' && depth < parser.maxDepth && !(run.prune && !parser.depthFirst)) {
    try {
      const names = (await run.sys.readdir(path)).map(({ name }) => name).sort(compareText);
      for (const name of names) {
        if (name !== '.' && name !== '..') await visit(joinPath(path, name), depth + 1, test, parser, run);
      }
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await complain(run, `${quote(path)}: ${error.reason.text}`);
    }
  }
  if (counts && parser.depthFirst) await test(entry, run);
}

export const main: Program = withHelp(options, async (sys, argv) => {
  const words = argv.slice(1);
  const first = words.findIndex((word) => /^-./.test(word) || word === '!' || word === '(');
  const paths = first < 0 ? words : words.slice(0, first);
  const run: Run = { sys, prune: false, failed: false };
  try {
    const parser = new ExpressionParser(first < 0 ? [] : words.slice(first), sys);
    const expression = await parser.whole();
    const show = printer('\n');
    const test: Test = parser.acts ? expression : async (entry, r) => (await expression(entry, r)) && show(entry, r);
    for (const path of paths.length === 0 ? ['.'] : paths) await visit(path, 0, test, parser, run);
    return run.failed ? 1 : 0;
  } catch (error) {
    if (!(error instanceof FindError || error instanceof SysError)) throw error;
    await printError(sys, `find: ${error instanceof SysError ? error.reason.text : error.message}\n`);
    return 1;
  }
});
