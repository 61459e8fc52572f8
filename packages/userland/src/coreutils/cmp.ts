/** cmp(1): the first byte in which two files differ. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print, printError } from '../lib/stdio.ts';
import { readOperand, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'cmp',
  usage: 'cmp [-ls] file1 [file2]',
  options: [
    { names: ['-s', '--quiet', '--silent'], help: 'only the exit status' },
    { names: ['-l', '--verbose'], help: 'every byte that differs' },
  ],
};

export const main = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const [first, second = '-'] = operands;
    if (first === undefined) throw new ToolError("missing operand after 'cmp'", 2);
    const read = async (name: string): Promise<Uint8Array> => {
      try {
        return await readOperand(sys, name);
      } catch (error) {
        if (error instanceof SysError) throw new ToolError(`${name}: ${error.reason.text}`, 2);
        throw error;
      }
    };
    const a = await read(first);
    const b = await read(second);
    const quiet = given.has('-s');
    let line = 1;
    let differs = false;
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] === b[i]) {
        if (a[i] === 10) line++;
        continue;
      }
      differs = true;
      if (quiet) return 1;
      if (!given.has('-l')) {
        await print(sys, `${first} ${second} differ: byte ${i + 1}, line ${line}\n`);
        return 1;
      }
      await print(sys, `${i + 1} ${a[i]!.toString(8).padStart(3)} ${b[i]!.toString(8).padStart(3)}\n`);
    }
    if (a.length === b.length) return differs ? 1 : 0;
    const [name, shorter] = a.length < b.length ? [first, a] : [second, b];
    const place =
      shorter.length === 0
        ? 'which is empty'
        : `after byte ${shorter.length}, ${given.has('-l') ? '' : `in line ${line}`}`;
    if (!quiet) await printError(sys, `cmp: EOF on ${name} ${place.replace(/, $/, '')}\n`);
    return 1;
  },
  { failStatus: 2 },
);
