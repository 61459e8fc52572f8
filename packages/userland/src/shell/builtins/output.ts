/** echo and printf as dash has them, and test. */
import { SysError } from '@netarium/core/base/errno.ts';
import { echoText } from '../../coreutils/escapes.ts';
import { formatAll } from '../../coreutils/printf-format.ts';
import { evaluateTest, TestError } from '../../coreutils/test-expression.ts';
import { fromByteText } from '../bytetext.ts';
import { ShellError } from '../errors.ts';
import type { Builtin } from './types.ts';

/** `echo`: only -n is an option, and escapes always count. */
export const echoBuiltin: Builtin = async ({ shell, args }) => {
  const noNewline = args[0] === '-n';
  const { text, stop } = echoText((noNewline ? args.slice(1) : args).join(' '));
  try {
    await shell.write(noNewline || stop ? text : `${text}\n`);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await shell.complain('I/O error');
    return 1;
  }
  return 0;
};

export const printfBuiltin: Builtin = async ({ shell, args }) => {
  const [format, ...values] = args[0] === '--' ? args.slice(1) : args;
  if (format === undefined) throw new ShellError('usage: printf format [arg ...]');
  const result = formatAll(format, values);
  await shell.write(result.text);
  for (const { value, problem } of result.problems) await shell.complain(`${value}: ${problem}`);
  if (result.fatal !== undefined) throw new ShellError(result.fatal);
  return result.problems.length > 0 ? 1 : 0;
};

export const testBuiltin: Builtin = async ({ shell, name, args }) => {
  let words = args;
  if (name === '[') {
    if (args.at(-1) !== ']') throw new ShellError('missing ]');
    words = args.slice(0, -1);
  }
  try {
    return (await evaluateTest(shell.sys, words, fromByteText)) ? 0 : 1;
  } catch (error) {
    if (error instanceof TestError) throw new ShellError(error.message);
    throw error;
  }
};
