/** A child process of a case on the real kernel. Its own threads and children start from the same two files. */
import { serveChild } from '@netarium/real/process/child-entry.ts';
import { resolveFamily } from './families.ts';

const [thread = '', child = ''] = (process.env.KERNELS_ENTRIES ?? '').split(' ');
serveChild(resolveFamily, { thread: new URL(thread), child: new URL(child), execArgv: [] });
