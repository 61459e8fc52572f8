/**
 * The programs that hosts can have installed, by absolute path. One line per program, sorted by path. A profile or a lab may install fewer; PATH
 * finds them as on Debian, where /bin, /sbin and /lib are links into /usr (here both paths name the program).
 */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { main as cat } from './coreutils/cat.ts';
import { main as sh } from './shell/main.ts';

export const programs: ReadonlyMap<string, Program> = new Map([
  ['/bin/cat', cat],
  ['/bin/sh', sh],
]);
