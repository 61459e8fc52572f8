/** Threads of programs on the real kernel. */
import { serveThreads } from '@netarium/real/process/thread-entry.ts';
import { resolveProgram } from './real/resolve.ts';

serveThreads(resolveProgram);
