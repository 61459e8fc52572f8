/** A thread of a program on the real kernel. */
import { serveThread } from '@netarium/real/process/thread-entry.ts';
import { resolveProgram } from './real/resolve.ts';

await serveThread(resolveProgram);
