/** The command line's entry: the process around `command/program.ts`. */
import { netarium, tellInternal, tellUnwritable } from './command/program.ts';

const streams = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env };
// Threads run the bundle; where the source runs as it is, labs take turns in this one.
const worker = import.meta.url.endsWith('.ts') ? undefined : new URL('./worker.js', import.meta.url);

const words = process.argv.slice(2);

/** What a shell says of a program that SIGPIPE ended. Node ignores that signal and tells of an error instead. */
const ENDED_BY_SIGPIPE = 141;

// Whoever reads our output may leave early (`netarium list | head`): there is nothing to say, but the work is not done. A program hears of it by its next write.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(tellUnwritable(error, streams));
  if (words[0] !== 'real') process.exit(ENDED_BY_SIGPIPE);
});
process.on('uncaughtException', (error) => process.exit(tellInternal(error, streams)));

process.exitCode = await netarium(words, streams, worker);

/** What a program on the real kernel left unsent still goes out when it has ended, as the operating system would send it: but not to peers that never read. */
const UNSENT_MS = 3000;
if (words.includes('real')) setTimeout(() => process.exit(), UNSENT_MS).unref();
