/** A child process of a program on the real kernel. */
import { serveChild } from '@netarium/real/process/child-entry.ts';
import { entries } from './real/entries.ts';
import { resolveProgram } from './real/resolve.ts';

serveChild(resolveProgram, entries);
