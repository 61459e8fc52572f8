/** `--help`, and `-h` where it means nothing else: the table of options, which is all that a program knows. */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { helpText } from '../coreutils/tool.ts';
import type { ProgramOptions } from './options.ts';
import { print } from './stdio.ts';

export function withHelp(options: ProgramOptions, main: Program): Program {
  const known = new Set(options.options.flatMap((option) => option.names));
  return async (sys, argv) => {
    const asked = argv[1] === '--help' || (argv[1] === '-h' && !known.has('-h'));
    if (!asked) return main(sys, argv);
    await print(sys, helpText(options));
    return 0;
  };
}
