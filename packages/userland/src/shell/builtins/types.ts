/** The shape of a built-in command. */
import type { CommandNode } from '../ast.ts';
import type { Shell } from '../shell.ts';

/** What built-ins ask of the interpreter; it is passed in, so that built-ins and interpreter need not import each other. */
export interface Interpreter {
  run(node: CommandNode, testing: boolean): Promise<number>;
  /** Runs commands given as text: `eval`, `.`, traps. */
  runText(text: string, testing: boolean): Promise<number>;
  /** Runs a command whose words are expanded already, functions left out: `command`. */
  runCommand(argv: readonly string[], testing: boolean, standardPath: boolean): Promise<number>;
}

export interface BuiltinCall {
  readonly shell: Shell;
  readonly interpreter: Interpreter;
  readonly name: string;
  /** The words after the name. */
  readonly args: readonly string[];
  /** `set -e` is suspended around the command. */
  readonly testing: boolean;
}

export type Builtin = (call: BuiltinCall) => Promise<number> | number;
