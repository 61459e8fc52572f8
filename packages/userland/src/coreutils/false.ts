/** false(1). */
import type { Program } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';

export const options: ProgramOptions = { name: 'false', usage: 'false [ignored arguments]', options: [] };

export const main: Program = async () => 1;
