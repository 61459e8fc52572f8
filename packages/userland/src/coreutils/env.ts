/** env(1): shows the environment, or runs a program in a changed one. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print, printError } from '../lib/stdio.ts';
import { runCommand } from './run-command.ts';
import { quote, tool } from './tool.ts';
import { signalStatus } from './wait-status.ts';

export const options: ProgramOptions = {
  name: 'env',
  usage: 'env [-i] [-u name]... [name=value]... [command [argument]...]',
  options: [
    { names: ['-i', '--ignore-environment'], help: 'begin with an empty environment' },
    { names: ['-u', '--unset'], value: 'name', help: 'without this variable' },
  ],
};

export const main = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const env = new Map(Object.entries(given.has('-i') ? {} : await sys.getenv()));
    for (const name of given.values('-u')) env.delete(name);
    let at = operands[0] === '-' ? 1 : 0;
    if (at === 1) env.clear();
    for (; at < operands.length && operands[at]!.includes('='); at++) {
      const equals = operands[at]!.indexOf('=');
      env.set(operands[at]!.slice(0, equals), operands[at]!.slice(equals + 1));
    }
    const command = operands.slice(at);
    if (command.length === 0) {
      await print(sys, [...env].map(([name, value]) => `${name}=${value}\n`).join(''));
      return 0;
    }
    try {
      return signalStatus(await runCommand(sys, command, { env: Object.fromEntries(env) }));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await printError(sys, `env: ${quote(command[0]!)}: ${error.reason.text}\n`);
      return error.code === 'ENOENT' ? 127 : 126;
    }
  },
  { failStatus: 125, stopAtOperand: true },
);
