/** test(1) and [(1) as programs. The shell has its own. */
import type { Program } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { printError } from '../lib/stdio.ts';
import { evaluateTest, TestError } from './test-expression.ts';
import { quote } from './tool.ts';

export const options: ProgramOptions = { name: 'test', usage: 'test expression | [ expression ]', options: [] };

export const main: Program = async (sys, argv) => {
  const name = argv[0]!.slice(argv[0]!.lastIndexOf('/') + 1);
  let words = argv.slice(1);
  if (name === '[') {
    if (words.at(-1) !== ']') {
      await printError(sys, `${argv[0]}: missing ${quote(']')}\n`);
      return 2;
    }
    words = words.slice(0, -1);
  }
  try {
    return (await evaluateTest(sys, words)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await printError(sys, `${name}: ${error.message}\n`);
    return 2;
  }
};
