/** The command line's entry: the process around `command/program.ts`. */
import { netarium, tellInternal } from './command/program.ts';

const streams = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env };
// Threads run the bundle; where the source runs as it is, labs take turns in this one.
const worker = import.meta.url.endsWith('.ts') ? undefined : new URL('./worker.js', import.meta.url);

// Whoever reads our output may leave early (`netarium list | head`): that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.on('uncaughtException', (error) => process.exit(tellInternal(error, streams)));

const words = process.argv.slice(2);
process.exitCode = await netarium(words, streams, worker);

/** What a program on the real kernel left unsent still goes out when it has ended, as the operating system would send it: but not to peers that never read. */
const UNSENT_MS = 3000;
if (words.includes('real')) setTimeout(() => process.exit(), UNSENT_MS).unref();
