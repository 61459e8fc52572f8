/** basename(1). */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { missingOperand, quote, ToolError, tool } from './tool.ts';
import { baseName } from './walk.ts';

export const options: ProgramOptions = {
  name: 'basename',
  usage: 'basename name [suffix] | basename -a [-s suffix] name...',
  options: [
    { names: ['-a', '--multiple'], help: 'every operand is a name' },
    { names: ['-s', '--suffix'], value: 'suffix', help: 'take it away; implies -a' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands }) => {
  if (operands.length === 0) throw missingOperand('basename');
  const many = given.has('-a') || given.has('-s');
  if (!many && operands.length > 2) {
    throw new ToolError(`extra operand ${quote(operands[2]!)}\nTry 'basename --help' for more information.`);
  }
  const suffix = given.value('-s') ?? (many ? '' : (operands[1] ?? ''));
  for (const name of many ? operands : operands.slice(0, 1)) {
    const base = name === '' ? '' : baseName(name);
    await print(
      sys,
      `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`,
    );
  }
  return 0;
});
