/**
 * The command line. Exit codes: 0 met, 1 not met, 2 could not be judged, 3 usage, 4 internal.
 */
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };

const program = new Command('netarium').description(manifest.description).version(manifest.version).exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 3;
}
