/** All built-in commands by name. Known to dash and not to us: an error that says so. */
import { ShellError } from '../errors.ts';
import { cdBuiltin, pwdBuiltin, umaskBuiltin } from './directories.ts';
import { commandBuiltin, dotBuiltin, evalBuiltin, execBuiltin, typeBuiltin } from './evaluate.ts';
import {
  breakBuiltin,
  continueBuiltin,
  exitBuiltin,
  falseBuiltin,
  returnBuiltin,
  shiftBuiltin,
  trueBuiltin,
} from './flow.ts';
import { getoptsBuiltin, readBuiltin } from './input.ts';
import { jobsBuiltin, killBuiltin, noJobControl, waitBuiltin } from './jobs.ts';
import { ulimitBuiltin } from './limits.ts';
import { echoBuiltin, printfBuiltin, testBuiltin } from './output.ts';
import { trapBuiltin } from './trap.ts';
import type { Builtin } from './types.ts';
import { exportBuiltin, localBuiltin, readonlyBuiltin, setBuiltin, unsetBuiltin } from './variables.ts';

const unsupportedBuiltin: Builtin = () => {
  throw new ShellError('not supported by Netarium; see docs/coverage/sh.md');
};

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ['.', dotBuiltin],
  [':', trueBuiltin],
  ['[', testBuiltin],
  ['alias', unsupportedBuiltin],
  ['bg', noJobControl],
  ['break', breakBuiltin],
  ['cd', cdBuiltin],
  ['command', commandBuiltin],
  ['continue', continueBuiltin],
  ['echo', echoBuiltin],
  ['eval', evalBuiltin],
  ['exec', execBuiltin],
  ['exit', exitBuiltin],
  ['export', exportBuiltin],
  ['false', falseBuiltin],
  ['fg', noJobControl],
  ['getopts', getoptsBuiltin],
  ['hash', unsupportedBuiltin],
  ['jobs', jobsBuiltin],
  ['kill', killBuiltin],
  ['local', localBuiltin],
  ['printf', printfBuiltin],
  ['pwd', pwdBuiltin],
  ['read', readBuiltin],
  ['readonly', readonlyBuiltin],
  ['return', returnBuiltin],
  ['set', setBuiltin],
  ['shift', shiftBuiltin],
  ['test', testBuiltin],
  ['times', unsupportedBuiltin],
  ['trap', trapBuiltin],
  ['true', trueBuiltin],
  ['type', typeBuiltin],
  ['ulimit', ulimitBuiltin],
  ['umask', umaskBuiltin],
  ['unalias', unsupportedBuiltin],
  ['unset', unsetBuiltin],
  ['wait', waitBuiltin],
]);
