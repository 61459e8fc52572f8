/** kill(1) as a program, as procps has it. The shell has its own. */
import { SysError } from '@netarium/core/base/errno.ts';
import { SIGNALS, type Signal, signalByNumber } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { parseSignal } from '../shell/signals.ts';
import { ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'kill',
  usage: 'kill [-s signal | -signal] [-q value] pid... | kill -l [signal] | kill -L',
  options: [
    { names: ['-s', '--signal'], value: 'signal', help: 'which signal' },
    { names: ['-q', '--queue'], value: 'value', help: 'a number that goes with it (sigqueue)' },
    { names: ['-l', '--list'], help: 'list signals, or name one' },
    { names: ['-L', '--table'], help: 'list signals with their numbers' },
  ],
};

const STANDARD = 31;
const PER_LINE = 16;
const PER_ROW = 7;

/** procps's words: SIGIO is POLL. */
function wordOf(number: number): string {
  const name = signalByNumber(number)!;
  return name === 'SIGIO' ? 'POLL' : name.slice(3);
}

function signalNamed(text: string): Signal | 0 | undefined {
  return /^(SIG)?POLL$/i.test(text) ? 'SIGIO' : parseSignal(text);
}

function namesList(): string {
  const names = Array.from({ length: STANDARD }, (_, index) => wordOf(index + 1));
  return `${names.slice(0, PER_LINE).join(' ')}\n${names.slice(PER_LINE).join(' ')}\n`;
}

function namesTable(): string {
  const lines: string[] = [];
  for (let first = 1; first <= STANDARD; first += PER_ROW) {
    const cells = [];
    for (let number = first; number < first + PER_ROW && number <= STANDARD; number++)
      cells.push(`${String(number).padStart(2)} ${wordOf(number).padEnd(6)}`);
    lines.push(cells.length < PER_ROW ? `${cells.join('  ')}  ` : cells.join('  ').trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

/** A name for a number, a number for a name; undefined for neither. */
function translated(text: string): string | undefined {
  const signal = signalNamed(text);
  if (signal === undefined || signal === 0) return undefined;
  return /^[0-9]+$/.test(text) ? wordOf(Number(text)) : String(SIGNALS[signal]);
}

const program = tool(options, async ({ sys, options: given, operands, fail }) => {
  if (given.has('-L') || (given.has('-l') && operands.length === 0)) {
    await print(sys, given.has('-L') ? namesTable() : namesList());
    return 0;
  }
  if (given.has('-l')) {
    const answer = translated(operands[0]!);
    // procps ends with 0 all the same.
    if (answer === undefined) throw new ToolError(`unknown signal name ${operands[0]}`, 0);
    await print(sys, `${answer}\n`);
    return 0;
  }
  const name = given.value('-s') ?? 'TERM';
  const signal = signalNamed(name);
  if (signal === undefined) throw new ToolError(`unknown signal ${name}`);
  if (operands.length === 0) throw new ToolError('not enough arguments');
  const queued = given.value('-q');
  if (queued !== undefined && !/^-?[0-9]{1,9}$/.test(queued)) throw new ToolError(`bad value '${queued}'`);
  for (const text of operands) {
    if (!/^-?[0-9]{1,10}$/.test(text)) throw new ToolError(`failed to parse argument: '${text}'`);
    try {
      if (queued === undefined || signal === 0) await sys.kill(Number(text), signal);
      else await sys.sigqueue(Number(text), signal, Number(queued));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await fail(`(${text}): ${error.reason.text}`);
    }
  }
  return 0;
});

/** `-9` and `-TERM` as first argument name the signal. */
export const main: typeof program = (sys, argv) => {
  const signal = /^-([A-Z0-9]+)$/.exec(argv[1] ?? '')?.[1];
  if (signal === undefined || signalNamed(signal) === undefined) return program(sys, argv);
  return program(sys, [argv[0]!, '-s', signal, '--', ...argv.slice(2)]);
};
