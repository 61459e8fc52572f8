/** Threads of cases on the real kernel. */
import { serveThreads } from '@netarium/real/process/thread-entry.ts';
import { resolveFamily } from './families.ts';

serveThreads(resolveFamily);
