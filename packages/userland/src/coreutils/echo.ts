/** echo(1) as a program: GNU's, in which escapes count only with -e. The shell has an `echo` of its own. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { printError, writeAll } from '../lib/stdio.ts';
import { echoText } from './escapes.ts';
import { encodeText } from './text.ts';

export const options: ProgramOptions = {
  name: 'echo',
  usage: 'echo [-neE] [text...]',
  options: [
    { names: ['-n'], help: 'no newline at the end' },
    { names: ['-e'], help: 'backslash escapes count' },
    { names: ['-E'], help: 'backslash escapes do not count (the default)' },
  ],
};

export const main: Program = async (sys, argv) => {
  let newline = true;
  let escapes = false;
  let at = 1;
  // Anything that is not made of these letters is text, as POSIX wants of echo.
  for (; /^-[neE]+$/.test(argv[at] ?? ''); at++) {
    for (const letter of argv[at]!.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = argv.slice(at).join(' ');
  const { text: shown, stop } = escapes ? echoText(text) : { text, stop: false };
  try {
    await writeAll(sys, 1, encodeText(newline && !stop ? `${shown}\n` : shown));
    return 0;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await printError(sys, `echo: write error: ${error.reason.text}\n`);
    return 1;
  }
};
