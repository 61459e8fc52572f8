/** What can end the parsing or the running of a shell script. None of these is a bug of ours: each has the words that dash would print. */

/** The text is no shell script. `line` counts from 1. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';

  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`Syntax error: ${reason}`);
  }
}

/** The text ended inside a construct; more text may complete it. Never leaves the parser's front door. */
export class IncompleteInput extends Error {
  override readonly name = 'IncompleteInput';
}

/**
 * An error of the shell while running (POSIX 2.8.1): an expansion, an assignment, a redirection or a built-in failed. A non-interactive
 * shell ends; where the command is a regular built-in or the shell is interactive, only the command does.
 */
export class ShellError extends Error {
  override readonly name = 'ShellError';

  constructor(
    message: string,
    readonly status = 2,
  ) {
    super(message);
  }
}

/** `exit`, or the end of the shell for another reason. */
export class ExitShell extends Error {
  override readonly name = 'ExitShell';

  constructor(
    readonly status: number,
    /** False when the process was replaced by `exec`: the EXIT trap does not run. */
    readonly runsTrap = true,
  ) {
    super(`exit ${status}`);
  }
}

/** An interactive shell goes back to its prompt: after an error that would have ended a script, or after Ctrl-C. */
export class AbandonLine extends Error {
  override readonly name = 'AbandonLine';

  constructor(
    readonly status: number,
    readonly interrupted = false,
  ) {
    super(`abandoned with status ${status}`);
  }
}

/** `break` and `continue`, on their way to the loop that they mean. */
export class LoopJump extends Error {
  override readonly name = 'LoopJump';

  constructor(
    readonly kind: 'break' | 'continue',
    public levels: number,
  ) {
    super(kind);
  }
}

/** `return`, on its way to the function or the `.` script. */
export class ReturnJump extends Error {
  override readonly name = 'ReturnJump';

  constructor(readonly status: number) {
    super(`return ${status}`);
  }
}
