/** trap (POSIX 2.14). */
import type { Signal } from '@netarium/core/syscall/sys.ts';
import type { Shell } from '../shell.ts';
import { parseSignal, signalNumber } from '../signals.ts';
import { installSignal } from '../traps.ts';
import { parseLetters } from './options.ts';
import type { Builtin } from './types.ts';
import { quoted } from './variables.ts';

type Condition = Signal | 'EXIT';

function conditionOf(text: string): Condition | undefined {
  if (text.toUpperCase() === 'EXIT') return 'EXIT';
  const signal = parseSignal(text);
  return signal === 0 ? 'EXIT' : signal;
}

function order(condition: Condition): number {
  return condition === 'EXIT' ? 0 : signalNumber(condition);
}

export const trapBuiltin: Builtin = async ({ shell, args }) => {
  const { operands } = parseLetters(args, '');
  if (operands.length === 0) {
    const conditions = [...shell.traps].sort(([a], [b]) => order(a) - order(b));
    for (const [condition, command] of conditions) {
      await shell.write(`trap -- ${quoted(command)} ${condition.replace(/^SIG/, '')}\n`);
    }
    return 0;
  }
  // `trap 2 15` resets: a first operand that is a number is a condition, not a command.
  const first = operands[0]!;
  const resets = operands.length === 1 || /^[0-9]+$/.test(first);
  const action = resets || first === '-' ? undefined : first;
  for (const text of resets ? operands : operands.slice(1)) {
    const condition = conditionOf(text);
    if (condition === undefined) {
      await shell.write(`trap: ${text}: bad trap\n`, 2);
      return 1;
    }
    await setTrap(shell, condition, action);
  }
  return 0;
};

async function setTrap(shell: Shell, condition: Condition, action: string | undefined): Promise<void> {
  if (action === undefined) shell.traps.delete(condition);
  else shell.traps.set(condition, action);
  if (condition === 'EXIT') return;
  if (action === '') shell.state.ignored.add(condition);
  else shell.state.ignored.delete(condition);
  // These two cannot be caught; dash sets the trap all the same and it never runs.
  if (condition !== 'SIGKILL' && condition !== 'SIGSTOP') await installSignal(shell, condition);
}
