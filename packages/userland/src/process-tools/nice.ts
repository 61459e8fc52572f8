/** nice(1) and renice(1): runs a program with another nice value, or changes that of a running process. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { execCommand } from '../coreutils/run-command.ts';
import { quote, ToolError, tool } from '../coreutils/tool.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print, printError } from '../lib/stdio.ts';

const DEFAULT_ADJUSTMENT = 10;

export const options: ProgramOptions = {
  name: 'nice',
  usage: 'nice [-n adjustment] [command [argument]...]',
  options: [
    { names: ['-n', '--adjustment'], value: 'adjustment', help: 'what to add to the nice value, 10 by default' },
  ],
};

const niceProgram = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const text = given.value('-n');
    if (operands.length === 0) {
      if (text !== undefined)
        throw new ToolError("a command must be given with an adjustment\nTry 'nice --help' for more information.", 125);
      await print(sys, `${await sys.getpriority(0)}\n`);
      return 0;
    }
    if (text !== undefined && !/^[+-]?[0-9]{1,9}$/.test(text))
      throw new ToolError(`invalid adjustment ${quote(text)}`, 125);
    try {
      await sys.nice(text === undefined ? DEFAULT_ADJUSTMENT : Number(text));
    } catch (error) {
      // It runs all the same (nice(1)).
      if (!(error instanceof SysError)) throw error;
      await printError(sys, 'nice: cannot set niceness: Permission denied\n');
    }
    try {
      return await execCommand(sys, operands);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await printError(sys, `nice: ${quote(operands[0]!)}: ${error.reason.text}\n`);
      return error.code === 'ENOENT' ? 127 : 126;
    }
  },
  { failStatus: 125, stopAtOperand: true },
);

/** `nice -5 command` is `nice -n 5 command`. */
export const nice: Program = (sys, argv) => {
  const old = /^-([+-]?[0-9]+)$/.exec(argv[1] ?? '')?.[1];
  return niceProgram(sys, old === undefined ? argv : [argv[0]!, '-n', old, ...argv.slice(2)]);
};

export const reniceOptions: ProgramOptions = {
  name: 'renice',
  usage: 'renice [-n] priority [-p] pid...',
  options: [
    { names: ['-n', '--priority'], value: 'priority', help: 'the new nice value' },
    { names: ['-p', '--pid'], help: 'process ids follow' },
  ],
};

const MORE = "Try 'renice --help' for more information.";

export const renice = tool(reniceOptions, async ({ sys, options: given, operands, fail }) => {
  const named = given.value('-n');
  const [text = '', ...pids] = named === undefined ? operands : [named, ...operands];
  if (pids.length === 0) throw new ToolError(`not enough arguments\n${MORE}`);
  if (!/^-?[0-9]{1,9}$/.test(text)) throw new ToolError(`invalid priority '${text}'\n${MORE}`);
  for (const pid of pids) {
    const number = Number(pid);
    if (!Number.isSafeInteger(number) || number < 1) {
      await fail(`bad process ID value: ${pid}`);
      continue;
    }
    let doing = 'get';
    try {
      const before = await sys.getpriority(number);
      doing = 'set';
      await sys.setpriority(number, Number(text));
      const after = await sys.getpriority(number);
      await print(sys, `${pid} (process ID) old priority ${before}, new priority ${after}\n`);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await fail(`failed to ${doing} priority for ${pid} (process ID): ${error.reason.text}`);
    }
  }
  return 0;
});
