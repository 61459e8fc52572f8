/**
 * Python's `try` statement and its chains of exceptions (language reference 8.4, PEP 3134), for programs that retell Python: an `else` whose own
 * exceptions no clause of the same statement catches, a `finally` that always runs, and the exception that was being handled kept as the context of one
 * raised meanwhile. JavaScript has neither `else` nor contexts.
 */

/** An exception with what it came from. */
export interface Chained extends Error {
  /** `raise … from cause`. */
  cause?: unknown;
  /** What was being handled when this one was raised. */
  context?: unknown;
}

export interface Clause<T> {
  /** Which exceptions it takes: by the name of their class. A bare `except` has none. */
  readonly of?: readonly string[];
  readonly handle: (error: Error) => Promise<T>;
}

export interface TryStatement<T> {
  readonly body: () => Promise<T>;
  readonly except?: readonly Clause<T>[];
  /** Runs where the body raised nothing. */
  readonly otherwise?: () => Promise<T>;
  /** Always runs, last; what it raises replaces what went before. */
  readonly ending?: () => Promise<void>;
}

/** Runs the statement; answers what its body, its `else` or its clause gave. */
export async function attempt<T>({ body, except = [], otherwise, ending }: TryStatement<T>): Promise<T> {
  let result: { readonly value: T } | { readonly error: unknown };
  try {
    result = { value: await guarded(body, except, otherwise) };
  } catch (error) {
    result = { error };
  }
  const pending = 'error' in result ? result.error : undefined;
  if (ending !== undefined) await handling(pending, ending);
  if ('error' in result) throw result.error;
  return result.value;
}

async function guarded<T>(
  body: () => Promise<T>,
  except: readonly Clause<T>[],
  otherwise?: () => Promise<T>,
): Promise<T> {
  let value: T;
  try {
    value = await body();
  } catch (raised) {
    const error = raised instanceof Error ? raised : new Error(String(raised));
    const clause = except.find(({ of }) => of === undefined || of.includes(error.name));
    if (clause === undefined) throw raised;
    return handling(error, () => clause.handle(error));
  }
  return otherwise === undefined ? value : otherwise();
}

/** Runs code while `handled` is being handled: what that raises gets it as context. */
async function handling<T>(handled: unknown, code: () => Promise<T>): Promise<T> {
  try {
    return await code();
  } catch (error) {
    if (handled !== undefined && error !== handled && error instanceof Error) (error as Chained).context ??= handled;
    throw error;
  }
}

/** `raise error from cause`. */
export function raiseFrom(error: Error, cause: unknown): never {
  (error as Chained).cause = cause;
  throw error;
}

/** The last line of a traceback: the class's name, and the text where there is one. */
export function exceptionLine({ name, message }: Error): string {
  return message === '' ? name : `${name}: ${message}`;
}

const DIRECT = 'The above exception was the direct cause of the following exception:';
const DURING = 'During handling of the above exception, another exception occurred:';

/** The chain as Python prints it, oldest first, without the frames. A cause hides the context; the cause null hides both (`from None`). */
export function formatChain(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { cause, context } = error as Chained;
  const own = exceptionLine(error);
  if (cause === null) return [own];
  if (cause !== undefined) return [...formatChain(cause), DIRECT, own];
  return context === undefined ? [own] : [...formatChain(context), DURING, own];
}
