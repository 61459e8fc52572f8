/** uname(1). */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { quote, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'uname',
  usage: 'uname [-asnrvmo]',
  options: [
    { names: ['-a', '--all'], help: 'all of them' },
    { names: ['-s', '--kernel-name'], help: 'kernel (the default)' },
    { names: ['-n', '--nodename'], help: 'host name' },
    { names: ['-r', '--kernel-release'], help: 'release' },
    { names: ['-v', '--kernel-version'], help: 'version' },
    { names: ['-m', '--machine'], help: 'hardware' },
    { names: ['-o', '--operating-system'], help: 'operating system' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands }) => {
  if (operands[0] !== undefined) {
    throw new ToolError(`extra operand ${quote(operands[0])}\nTry 'uname --help' for more information.`);
  }
  const { sysname, nodename, release, version, machine } = await sys.uname();
  const parts = [
    ['-s', sysname],
    ['-n', nodename],
    ['-r', release],
    ['-v', version],
    ['-m', machine],
    ['-o', 'GNU/Linux'],
  ] as const;
  const shown = parts.filter(([option]) => given.has('-a') || given.has(option)).map(([, text]) => text);
  await print(sys, `${shown.length === 0 ? sysname : shown.join(' ')}\n`);
  return 0;
});
