/** Exit codes, and the error that a person can mend. */
export const EXIT = { met: 0, notMet: 1, notJudged: 2, usage: 3, internal: 4 } as const;

/** Something that the person wrote is wrong: told in one line (or one per problem), without a stack, exit code 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    /** The command whose help may help; undefined where the problem is in a file. */
    readonly command?: string,
  ) {
    super(message);
  }
}

/** Why an operation of the file system failed, in a word: `ENOENT`. */
export function reason(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return String(error);
}
