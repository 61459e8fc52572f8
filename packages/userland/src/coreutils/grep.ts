/** grep(1): lines that match a basic, an extended or a fixed pattern; messages and exit statuses of GNU grep. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { ParsedOptions, ProgramOptions } from '../lib/options.ts';
import { printError, withFile, writeAll } from '../lib/stdio.ts';
import { Regex, RegexError } from './regex/regex.ts';
import { isWordCharacter } from './regex/syntax.ts';
import { decodeText, encodeText, type Line, linesOf } from './text.ts';
import { parseCount, readOperand, ToolError, tool } from './tool.ts';
import { walk } from './walk.ts';

export const options: ProgramOptions = {
  name: 'grep',
  usage: 'grep [-EFGchHilLnoqrsvwxm] [-A n] [-B n] [-C n] [-e pattern | -f file | pattern] [file...]',
  options: [
    { names: ['-E', '--extended-regexp'], help: 'extended regular expression' },
    { names: ['-F', '--fixed-strings'], help: 'text, not an expression' },
    { names: ['-G', '--basic-regexp'], help: 'basic regular expression' },
    { names: ['-e', '--regexp'], value: 'pattern', help: 'a pattern; may be given several times' },
    { names: ['-f', '--file'], value: 'file', help: 'patterns from a file, one a line' },
    { names: ['-i', '--ignore-case'], help: 'capitals and small letters are equal' },
    { names: ['-v', '--invert-match'], help: 'lines that do not match' },
    { names: ['-w', '--word-regexp'], help: 'only whole words' },
    { names: ['-x', '--line-regexp'], help: 'only whole lines' },
    { names: ['-c', '--count'], help: 'only how many lines' },
    { names: ['-l', '--files-with-matches'], help: 'only names of files with a match' },
    { names: ['-L', '--files-without-match'], help: 'only names of files without a match' },
    { names: ['-n', '--line-number'], help: 'line numbers' },
    { names: ['-o', '--only-matching'], help: 'only the matching parts' },
    { names: ['-q', '--quiet', '--silent'], help: 'only the exit status' },
    { names: ['-s', '--no-messages'], help: 'no messages about files that cannot be read' },
    { names: ['-r', '-R', '--recursive'], help: 'directories with all that is in them' },
    { names: ['-h', '--no-filename'], help: 'no file names' },
    { names: ['-H', '--with-filename'], help: 'always file names' },
    { names: ['-m', '--max-count'], value: 'count', help: 'stop after so many lines' },
    { names: ['-A', '--after-context'], value: 'lines', help: 'lines after each match' },
    { names: ['-B', '--before-context'], value: 'lines', help: 'lines before each match' },
    { names: ['-C', '--context'], value: 'lines', help: 'lines around each match' },
  ],
};

type Span = readonly [start: number, end: number];

/** Finds the first match at or behind a position. */
interface Matcher {
  find(characters: readonly string[], from: number): Span | undefined;
}

function fixedMatcher(pattern: string, ignoreCase: boolean): Matcher {
  const fold = (c: string): string => (ignoreCase ? c.toLowerCase() : c);
  const wanted = [...pattern].map(fold);
  return {
    find(characters, from) {
      for (let at = from; at + wanted.length <= characters.length; at++) {
        if (wanted.every((c, i) => fold(characters[at + i]!) === c)) return [at, at + wanted.length];
      }
      return undefined;
    },
  };
}

function regexMatcher(pattern: string, given: ParsedOptions): Matcher {
  const regex = new Regex(pattern, { extended: given.has('-E'), ignoreCase: given.has('-i') });
  return {
    find(characters, from) {
      const match = regex.exec(characters, from);
      return match === undefined ? undefined : [match.slots[0]!, match.slots[1]!];
    },
  };
}

class Selector {
  constructor(
    private readonly matchers: readonly Matcher[],
    private readonly given: ParsedOptions,
  ) {}

  selects(characters: readonly string[]): boolean {
    return (this.next(characters, 0) !== undefined) !== this.given.has('-v');
  }

  /** The leftmost match, and of those the longest. */
  next(characters: readonly string[], from: number): Span | undefined {
    let best: Span | undefined;
    for (const matcher of this.matchers) {
      const span = this.acceptable(matcher, characters, from);
      if (span === undefined) continue;
      if (best === undefined || span[0] < best[0] || (span[0] === best[0] && span[1] > best[1])) best = span;
    }
    return best;
  }

  private acceptable(matcher: Matcher, characters: readonly string[], from: number): Span | undefined {
    for (let at = from; at <= characters.length; ) {
      const span = matcher.find(characters, at);
      if (span === undefined) return undefined;
      const [start, end] = span;
      const wholeLine = start === 0 && end === characters.length;
      const wholeWord = !isWordCharacter(characters[start - 1]) && !isWordCharacter(characters[end]);
      if ((!this.given.has('-x') || wholeLine) && (!this.given.has('-w') || wholeWord)) return span;
      at = start + 1;
    }
    return undefined;
  }
}

interface Output {
  readonly sys: Sys;
  readonly given: ParsedOptions;
  readonly selector: Selector;
  readonly names: boolean;
  readonly max: number;
  readonly before: number;
  readonly after: number;
  /** Groups of different files are kept apart, too. */
  readonly shown: { any: boolean };
}

const STDIN_NAME = '(standard input)';

/** One file's lines. Answers whether any was selected. */
async function search(output: Output, name: string, fd: number): Promise<boolean> {
  const { sys, given, selector } = output;
  const shown = name === '-' ? STDIN_NAME : name;
  const silent = given.has('-q') || given.has('-l') || given.has('-L') || given.has('-c');
  const context = new Context(output, shown);
  let count = 0;
  let number = 0;
  for await (const line of linesOf(sys, fd)) {
    number++;
    const characters = [...line.text];
    if (!selector.selects(characters) || count >= output.max) {
      if (!silent && !(await context.other(line, number)) && count >= output.max) break;
      continue;
    }
    count++;
    if (given.has('-q') || given.has('-l')) break;
    if (!silent) await context.selected(line, number, characters);
    if (count >= output.max && output.after === 0) break;
  }
  const prefix = output.names ? `${shown}:` : '';
  if (given.has('-c') && !given.has('-q') && !given.has('-l') && !given.has('-L'))
    await print(sys, `${prefix}${count}\n`);
  if (!given.has('-q')) {
    if (given.has('-l') && count > 0) await print(sys, `${shown}\n`);
    if (given.has('-L') && count === 0) await print(sys, `${shown}\n`);
  }
  return given.has('-L') ? count === 0 : count > 0;
}

function print(sys: Sys, text: string): Promise<void> {
  return writeAll(sys, 1, encodeText(text));
}

/** Prints selected lines and the lines around them, with `--` between groups that do not touch. */
class Context {
  private readonly waiting: { line: Line; number: number }[] = [];
  private afterLeft = 0;
  private lastShown = 0;

  constructor(
    private readonly output: Output,
    private readonly name: string,
  ) {}

  async selected(line: Line, number: number, characters: readonly string[]): Promise<void> {
    const { given, before, after } = this.output;
    const first = this.waiting[0]?.number ?? number;
    const apart = this.lastShown > 0 ? first > this.lastShown + 1 : this.output.shown.any;
    if ((before > 0 || after > 0) && apart) await print(this.output.sys, '--\n');
    this.output.shown.any = true;
    for (const entry of this.waiting.splice(0)) await this.show(entry.line.text, entry.number, '-');
    if (given.has('-o')) await this.showParts(characters, number);
    else await this.show(line.text, number, ':');
    this.lastShown = number;
    this.afterLeft = after;
  }

  /** A line that was not selected. Answers whether it was shown. */
  async other(line: Line, number: number): Promise<boolean> {
    if (this.afterLeft > 0) {
      this.afterLeft--;
      await this.show(line.text, number, '-');
      this.lastShown = number;
      return true;
    }
    if (this.output.before === 0) return false;
    this.waiting.push({ line, number });
    if (this.waiting.length > this.output.before) this.waiting.shift();
    return false;
  }

  private show(text: string, number: number, separator: ':' | '-'): Promise<void> {
    const { given, names, sys } = this.output;
    const name = names ? `${this.name}${separator}` : '';
    return print(sys, `${name}${given.has('-n') ? `${number}${separator}` : ''}${text}\n`);
  }

  private async showParts(characters: readonly string[], number: number): Promise<void> {
    if (this.output.given.has('-v')) return;
    for (let from = 0; from <= characters.length; ) {
      const span = this.output.selector.next(characters, from);
      if (span === undefined) return;
      if (span[1] > span[0]) await this.show(characters.slice(span[0], span[1]).join(''), number, ':');
      from = Math.max(span[1], span[0] + 1);
    }
  }
}

/** The patterns: each line of a pattern is one of its own. */
async function patternsOf(sys: Sys, given: ParsedOptions, operands: string[]): Promise<string[]> {
  const patterns = given.values('-e').flatMap((text) => text.split('\n'));
  for (const file of given.values('-f')) {
    try {
      const text = decodeText(await readOperand(sys, file));
      if (text !== '') patterns.push(...text.replace(/\n$/, '').split('\n'));
    } catch (error) {
      if (error instanceof SysError) throw new ToolError(`${file}: ${error.reason.text}`, 2);
      throw error;
    }
  }
  if (given.has('-e') || given.has('-f')) return patterns;
  const first = operands.shift();
  if (first !== undefined) return first.split('\n');
  throw new NoPattern();
}

/** GNU grep says no more than how it is used. */
class NoPattern extends Error {
  override readonly name = 'NoPattern';
}

function makeSelector(patterns: readonly string[], given: ParsedOptions): Selector {
  try {
    const make = (pattern: string): Matcher =>
      given.has('-F') ? fixedMatcher(pattern, given.has('-i')) : regexMatcher(pattern, given);
    return new Selector(patterns.map(make), given);
  } catch (error) {
    if (error instanceof RegexError) throw new ToolError(error.message, 2);
    throw error;
  }
}

export const main = tool(
  options,
  async ({ sys, options: given, operands: words, fail }) => {
    const operands = [...words];
    let selector: Selector;
    try {
      selector = makeSelector(await patternsOf(sys, given, operands), given);
    } catch (error) {
      if (!(error instanceof NoPattern)) throw error;
      await printError(sys, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
      return 2;
    }
    const recursive = given.has('-r');
    const files = operands.length > 0 ? operands : [recursive ? '.' : '-'];
    const context = given.value('-C') ?? '0';
    const output: Output = {
      sys,
      given,
      selector,
      names: !given.has('-h') && (given.has('-H') || recursive || files.length > 1),
      max: given.has('-m') ? parseCount(given.value('-m')!, 'invalid max count') : Number.POSITIVE_INFINITY,
      before: parseCount(given.value('-B') ?? context, 'context length argument'),
      shown: { any: false },
      after: parseCount(given.value('-A') ?? context, 'context length argument'),
    };
    let selected = false;
    let failed = false;
    const one = async (name: string): Promise<void> => {
      try {
        const run = async (fd: number): Promise<void> => {
          if (await search(output, name, fd)) selected = true;
        };
        if (name === '-') await run(0);
        else await withFile(sys, name, { read: true }, run);
      } catch (error) {
        if (error instanceof RegexError) throw new ToolError(error.message, 2);
        if (!(error instanceof SysError) || error.code === 'EPIPE') throw error;
        if (error.code === 'EISDIR') await fail(`${name}: Is a directory`);
        else if (!given.has('-s')) await fail(`${name}: ${error.reason.text}`);
        failed ||= error.code !== 'EISDIR';
      }
    };
    for (const name of files) {
      if (!recursive || name === '-') await one(name);
      else {
        // Without an operand the names come without "./".
        for await (const { path, type } of walk(sys, name)) {
          if (type !== 'directory') await one(operands.length === 0 ? path.slice(2) : path);
        }
      }
      if (selected && given.has('-q')) return 0;
    }
    return failed ? 2 : selected ? 0 : 1;
  },
  { failStatus: 2 },
);
