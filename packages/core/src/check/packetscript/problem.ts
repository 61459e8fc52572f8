/** The two ways in which a script ends early: its expectation was not met, or it asks for something that cannot be honoured here. */

/** The script cannot be run: unknown syntax, option, command or feature. Never counted as a failure of the stack. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
  constructor(
    readonly line: number,
    /** What is lacking: `in-script option --wire_client`. */
    readonly missing: string,
    /** The construct at hand, where it says more. */
    readonly seen = '',
  ) {
    super(`line ${line}: ${missing}`);
  }
}

/** The host did something else than the script says. */
export class ScriptFailure extends Error {
  override readonly name = 'ScriptFailure';
  constructor(
    readonly line: number,
    /** What happened. */
    readonly seen: string,
    /** What the script expects and did not get. */
    readonly missing: string,
  ) {
    super(`line ${line}: expected ${missing}; seen: ${seen}`);
  }
}
