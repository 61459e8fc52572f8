/** The commands over keys (redis.io/commands). What is neither here nor among those of a connection (`session.ts`) is "unknown command". */
import { type Command, NO_KEYS } from './command.ts';
import { keyCommands } from './key-commands.ts';
import { listCommands } from './list-commands.ts';
import { stringCommands } from './string-commands.ts';

export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['echo', { arity: 2, keys: NO_KEYS, run: (_database, [text]) => text! }],
  ...stringCommands,
  ...keyCommands,
  ...listCommands,
]);
