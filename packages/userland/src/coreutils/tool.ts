/**
 * What the small tools share: options that are not there end with status and words of their own program, a failing system call is reported as
 * `name: what: No such file or directory`, and `-` means standard input.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { print, printError, readAll, withFile } from '../lib/stdio.ts';

/** A tool's own error: printed as `name: message`, and the program ends with the status. */
export class ToolError extends Error {
  override readonly name = 'ToolError';

  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

/** As GNU tools put a name into a message, in a UTF-8 locale. */
export function quote(text: string): string {
  return `‘${text}’`;
}

export interface ToolCall {
  readonly sys: Sys;
  readonly options: ParsedOptions;
  readonly operands: readonly string[];
  /** Reports an error and goes on; the program will end with status 1 (or `failStatus`). */
  fail(message: string): Promise<void>;
  /** Runs one file's work; a failing system call is reported as `name: what: reason`. */
  attempt(what: string, work: () => Promise<void>): Promise<void>;
}

export interface ToolSettings {
  /** Status after a failure: 1 unless the tool means something else by 1, as grep does. */
  readonly failStatus?: number;
  /** Options end at the first operand. */
  readonly stopAtOperand?: boolean;
  /** Status after an option that is none, where it is not that of a failure. */
  readonly usageStatus?: number;
}

/** Makes a program of a table of options and a body. The body's answer is the exit status, unless something failed. */
export function tool(
  program: ProgramOptions,
  body: (call: ToolCall) => Promise<number | undefined>,
  { failStatus = 1, stopAtOperand = false, usageStatus = failStatus }: ToolSettings = {},
): Program {
  return async (sys, argv) => {
    let failed = false;
    // Messages begin with the name by which the program was called.
    const name = argv[0] ?? program.name;
    const complain = (message: string): Promise<void> =>
      printError(sys, `${name}: ${message.replace(`Try '${program.name} --help'`, `Try '${name} --help'`)}\n`);
    const fail = (message: string): Promise<void> => {
      failed = true;
      return complain(message);
    };
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof SysError) || error.code === 'EPIPE') throw error;
        await fail(`${what}: ${error.reason.text}`);
      }
    };
    try {
      if (asksForHelp(argv)) {
        await print(sys, helpText(program));
        return 0;
      }
      const options = parseOptions(program, argv.slice(1), stopAtOperand);
      const status = (await body({ sys, options, operands: options.operands, fail, attempt })) ?? 0;
      return failed ? failStatus : status;
    } catch (error) {
      if (error instanceof UsageError) {
        await printError(sys, `${error.message}\n`);
        return usageStatus;
      }
      if (error instanceof ToolError) {
        await complain(error.message);
        return error.status;
      }
      if (!(error instanceof SysError)) throw error;
      // Only a process that ignores SIGPIPE lives to see this one.
      await complain(error.code === 'EPIPE' ? `write error: ${error.reason.text}` : error.reason.text);
      return failStatus;
    }
  };
}

export function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--help');
}

/** What `--help` shows: the table of options, which is all that the program knows. */
export function helpText({ usage, options }: ProgramOptions): string {
  const rows = options.map((option) => {
    const names = option.names.join(', ');
    return [option.value === undefined ? names : `${names} ${option.value}`, option.help] as const;
  });
  const width = Math.min(30, Math.max(0, ...rows.map(([names]) => names.length)));
  return `Usage: ${usage}\n${rows.map(([names, help]) => `  ${names.padEnd(width)}  ${help}\n`).join('')}`;
}

/** Reads a whole operand; `-` is standard input. */
export function readOperand(sys: Sys, name: string): Promise<Uint8Array> {
  return name === '-' ? readAll(sys, 0) : withFile(sys, name, { read: true }, (fd) => readAll(sys, fd));
}

/** A count or a size as options take it. Throws with the tool's words. */
export function parseCount(text: string, problem: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new ToolError(`${problem}: ${quote(text)}`);
  return Number(text);
}

export function missingOperand(name: string): ToolError {
  return new ToolError(`missing operand\nTry '${name} --help' for more information.`);
}
