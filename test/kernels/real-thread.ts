/** A thread of a case on the real kernel. */
import { serveThread } from '@netarium/real/process/thread-entry.ts';
import { resolveFamily } from './families.ts';

await serveThread(resolveFamily);
