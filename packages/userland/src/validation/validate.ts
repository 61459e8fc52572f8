/**
 * validate: judges user names, telephone numbers and e-mail addresses, a value a line, and prints a table. The whole line has to have the form.
 *
 *     validate user|user-zh|mobile|landline|email [-e VALUE]... [FILE]
 *     validate --pattern RE [--steps N] ...      the same with an expression of one's own
 *     validate formats                            the formats, and what e-mail addresses may have beyond ours
 *
 * Ends with 0 when all values are good, 1 when one is not, 2 when there was something else. Expressions are judged by an automaton, in time that grows
 * with the value; with `--steps` by backtracking, which is stopped after so many steps.
 */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { RegexError } from '../coreutils/regex/regex.ts';
import { type ToolCall, ToolError, tool } from '../coreutils/tool.ts';
import { parseCount } from '../lib/numbers.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { LineReader, print, withFile } from '../lib/stdio.ts';
import { BEYOND_EMAIL, FORMATS, formatCalled } from './formats.ts';
import { Judge, type Judgement, type JudgeOptions, shown, WAYS, type Way } from './judge.ts';

export const options: ProgramOptions = {
  name: 'validate',
  usage: `validate ${FORMATS.map(({ name }) => name).join('|')} [-q] [-e value] [--how way] [--steps N] [file]`,
  options: [
    {
      names: ['-e', '--value'],
      value: 'value',
      help: 'a value, newlines and all, instead of lines; may be given several times',
    },
    { names: ['--pattern'], value: 're', help: 'an extended regular expression instead of a format' },
    {
      names: ['--how'],
      value: 'way',
      help: `${WAYS.join(', ')}: as re.fullmatch of CPython (default) or in a way that is a fault`,
    },
    { names: ['--steps'], value: 'N', help: 'backtrack, and give up after so many steps' },
    { names: ['-q', '--quiet'], help: 'only values that are not good' },
  ],
};

const MAX_STEPS = 1_000_000_000;
const BAD = 1;
const TROUBLE = 2;

export const main: Program = tool(options, run, { failStatus: TROUBLE });

async function run(call: ToolCall): Promise<number> {
  const { sys, options: given, operands } = call;
  const pattern = given.value('--pattern');
  if (pattern === undefined && operands[0] === 'formats') {
    await print(sys, formatsTable());
    return 0;
  }
  const [file = '-', ...more] = pattern === undefined ? operands.slice(1) : operands;
  if (more.length > 0) throw new ToolError(`extra operand ${shown(more[0]!)}`, TROUBLE);
  const judge = judgeOf(call, pattern);
  const table = new Table(call, judge, given.has('-q'));
  const values = given.values('-e');
  if (values.length > 0) {
    if (operands.length > (pattern === undefined ? 1 : 0))
      throw new ToolError(`-e gives values, and ${shown(file)} is a file with values: one of them`, TROUBLE);
    for (const value of values) await table.add(value);
  } else if (file === '-') await table.addLines(0);
  else await call.attempt(file, () => withFile(sys, file, { read: true }, (fd) => table.addLines(fd)));
  return table.end();
}

function judgeOf({ options: given, operands }: ToolCall, pattern: string | undefined): Judge {
  const way = given.value('--how') ?? 'fullmatch';
  if (!(WAYS as readonly string[]).includes(way)) throw new ToolError(`--how is one of ${WAYS.join(', ')}`, TROUBLE);
  const steps = given.value('--steps');
  const stepLimit = steps === undefined ? undefined : parseCount(steps, 1, MAX_STEPS);
  if (steps !== undefined && stepLimit === undefined)
    throw new ToolError(`--steps: ${shown(steps)} is no number from 1 to ${MAX_STEPS}`, TROUBLE);
  const how: JudgeOptions = { way: way as Way, ...(stepLimit === undefined ? {} : { stepLimit }) };
  if (pattern !== undefined) {
    try {
      return new Judge({ pattern }, how);
    } catch (error) {
      if (error instanceof RegexError) throw new ToolError(`--pattern: ${error.message}`, TROUBLE);
      throw error;
    }
  }
  const [name] = operands;
  const format = name === undefined ? undefined : formatCalled(name);
  if (format !== undefined) return new Judge(format, how);
  const known = `the formats are ${FORMATS.map((one) => one.name).join(', ')}`;
  throw new ToolError(name === undefined ? `which format? ${known}` : `${shown(name)} is no format; ${known}`, TROUBLE);
}

/** Lines are gathered to pieces of this many characters before they are written. */
const PIECE = 16_384;

class Table {
  private readonly counts = { good: 0, bad: 0, stopped: 0 };
  private line = 0;
  private waiting = '';

  constructor(
    private readonly call: ToolCall,
    private readonly judge: Judge,
    private readonly quiet: boolean,
  ) {}

  async addLines(fd: number): Promise<void> {
    const lines = new LineReader(this.call.sys, fd);
    for (let line = await lines.next(); line !== undefined; line = await lines.next()) await this.add(line);
  }

  async add(value: string): Promise<void> {
    this.line++;
    let judgement: Judgement;
    try {
      judgement = this.judge.judge(value);
    } catch (error) {
      if (error instanceof RegexError) throw new ToolError(`--pattern: ${error.message}; give --steps`, TROUBLE);
      throw error;
    }
    const { verdict, steps, reason } = judgement;
    this.counts[verdict]++;
    if (this.quiet && verdict === 'good') return;
    const why = reason === '' ? '' : `  ${reason}`;
    this.waiting += `${verdict.padEnd(7)} ${String(this.line).padStart(5)} ${String(steps).padStart(9)} steps  ${shown(value)}${why}\n`;
    if (this.waiting.length >= PIECE) await this.flush();
  }

  private async flush(): Promise<void> {
    const { waiting } = this;
    this.waiting = '';
    await print(this.call.sys, waiting);
  }

  async end(): Promise<number> {
    const { good, bad, stopped } = this.counts;
    this.waiting += `${good} good, ${bad} bad${stopped === 0 ? '' : `, ${stopped} stopped`}\n`;
    await this.flush();
    return bad + stopped === 0 ? 0 : BAD;
  }
}

function formatsTable(): string {
  const formats = FORMATS.map(({ name, pattern, about }) => `${name.padEnd(9)} ${about}\n          ${pattern}\n`);
  const beyond = BEYOND_EMAIL.map(([what, example, where]) => `  ${example.padEnd(28)} ${what} (${where})\n`);
  return `${formats.join('')}\nRFC 5321 and RFC 5322 allow beyond email:\n${beyond.join('')}`;
}
