/** break, continue, return, exit, `:`, true, false, shift. */
import { ExitShell, LoopJump, ReturnJump, ShellError } from '../errors.ts';
import { parseCount } from './options.ts';
import type { Builtin } from './types.ts';

const jump =
  (kind: 'break' | 'continue'): Builtin =>
  ({ shell, args }) => {
    const levels = args[0] === undefined ? 1 : parseCount(args[0]);
    if (levels === 0) throw new ShellError(`Illegal number: ${args[0]}`);
    // Outside of a loop it does nothing, as in dash.
    if (shell.state.loopDepth > 0) throw new LoopJump(kind, Math.min(levels, shell.state.loopDepth));
    return 0;
  };

export const breakBuiltin: Builtin = jump('break');
export const continueBuiltin: Builtin = jump('continue');

export const returnBuiltin: Builtin = ({ shell, args }) => {
  throw new ReturnJump(args[0] === undefined ? shell.state.status : parseCount(args[0]));
};

export const exitBuiltin: Builtin = ({ shell, args }) => {
  throw new ExitShell(args[0] === undefined ? shell.state.status : parseCount(args[0]));
};

export const trueBuiltin: Builtin = () => 0;
export const falseBuiltin: Builtin = () => 1;

export const shiftBuiltin: Builtin = ({ shell, args }) => {
  const count = args[0] === undefined ? 1 : parseCount(args[0]);
  if (count > shell.state.parameters.length) throw new ShellError("can't shift that many");
  shell.state.parameters = shell.state.parameters.slice(count);
  return 0;
};
