/** whoami(1). */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { quote, ToolError, tool } from './tool.ts';
import { nameOf, readUsers } from './users.ts';

export const options: ProgramOptions = { name: 'whoami', usage: 'whoami', options: [] };

export const main = tool(options, async ({ sys, operands }) => {
  if (operands[0] !== undefined)
    throw new ToolError(`extra operand ${quote(operands[0])}\nTry 'whoami --help' for more information.`);
  await print(sys, `${nameOf(await readUsers(sys), await sys.getuid())}\n`);
  return 0;
});
