/**
 * Deferred: a result that comes later, and the chain of callbacks that it goes through (Twisted's twisted/internet/defer.py). A callback's return value
 * is the next one's argument; an exception, wrapped as a Failure, goes to the next errback; a Deferred that a callback returns makes the chain wait.
 *
 * Callbacks may make system calls (which block everything), so what runs them is awaited: `await d.callback(x)`, `await d.addCallback(f)`.
 */

/** An exception on its way along the errbacks. */
export class Failure {
  constructor(readonly error: unknown) {}

  /** The error's text, as twisted's `getErrorMessage`. */
  get message(): string {
    return this.error instanceof Error ? this.error.message : String(this.error);
  }

  /** The name of the error's class, where it is one of these; otherwise the failure is raised on. */
  trap(...names: readonly string[]): string {
    const name = this.error instanceof Error ? this.error.name : '';
    if (!names.includes(name)) throw this.error;
    return name;
  }
}

export class AlreadyCalledError extends Error {
  override readonly name = 'AlreadyCalledError';
}

export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** Whoever tells of failures that no errback took. */
export interface FailureLog {
  readonly unhandled: Set<Deferred>;
}

/** Takes what the one before made: any type, which the chain cannot know. */
export type Callback = (result: never) => unknown;

interface Link {
  readonly onResult: Callback | undefined;
  readonly onFailure: Callback | undefined;
}

export class Deferred {
  private called = false;
  private running = false;
  private paused = false;
  private result: unknown = undefined;
  private readonly links: Link[] = [];

  constructor(
    private readonly log: FailureLog,
    /** Stops what will never be wanted; without it a cancelled Deferred only fails. */
    private readonly canceller: (deferred: Deferred) => void | Promise<void> = () => {},
  ) {}

  callback(result: unknown): Promise<void> {
    return this.start(result);
  }

  errback(error: unknown): Promise<void> {
    return this.start(error instanceof Failure ? error : new Failure(error));
  }

  /** Called already, it is run at once. */
  async addCallbacks(onResult: Callback | undefined, onFailure: Callback | undefined): Promise<this> {
    this.links.push({ onResult, onFailure });
    if (this.called) await this.run();
    return this;
  }

  addCallback(callback: Callback): Promise<this> {
    return this.addCallbacks(callback, undefined);
  }

  addErrback(errback: Callback): Promise<this> {
    return this.addCallbacks(undefined, errback);
  }

  addBoth(callback: Callback): Promise<this> {
    return this.addCallbacks(callback, callback);
  }

  /** Fails with CancelledError unless the canceller fired it; nothing for one that has fired. */
  async cancel(): Promise<void> {
    if (this.called) return;
    await this.canceller(this);
    if (!this.called) await this.errback(new CancelledError());
  }

  private async start(result: unknown): Promise<void> {
    if (this.called) throw new AlreadyCalledError();
    this.called = true;
    this.result = result;
    await this.run();
  }

  private async run(): Promise<void> {
    // A callback that adds a callback to its own Deferred adds to the chain that runs.
    if (this.running) return;
    this.running = true;
    try {
      while (!this.paused && this.links.length > 0) await this.step(this.links.shift()!);
    } finally {
      this.running = false;
    }
    if (this.result instanceof Failure && !this.paused) this.log.unhandled.add(this);
    else this.log.unhandled.delete(this);
  }

  private async step({ onResult, onFailure }: Link): Promise<void> {
    const callback = this.result instanceof Failure ? onFailure : onResult;
    if (callback === undefined) return;
    try {
      this.result = await callback(this.result as never);
    } catch (error) {
      this.result = new Failure(error);
    }
    if (this.result instanceof Deferred) await this.follow(this.result);
  }

  /** Goes on with what `inner` comes to, and leaves nothing in it: its failure is ours now. */
  private async follow(inner: Deferred): Promise<void> {
    this.paused = true;
    await inner.addBoth(async (result: unknown) => {
      this.result = result;
      this.paused = false;
      await this.run();
    });
  }

  /** What an unhandled failure is, for the log. */
  get failure(): Failure | undefined {
    return this.result instanceof Failure ? this.result : undefined;
  }
}

export interface DeferredListOptions {
  /** Fires with the first result and its place. */
  readonly fireOnOneCallback?: boolean;
  /** Fails with the first failure. */
  readonly fireOnOneErrback?: boolean;
  /** Failures are in the list: they count as handled. */
  readonly consumeErrors?: boolean;
}

/** A Deferred of many: fires with `[success, result]` for each, in the order of the list, when all have come. */
export async function deferredList(
  log: FailureLog,
  deferreds: readonly Deferred[],
  { fireOnOneCallback = false, fireOnOneErrback = false, consumeErrors = false }: DeferredListOptions = {},
): Promise<Deferred> {
  const list = new Deferred(log);
  const results: (readonly [success: boolean, result: unknown])[] = Array.from(deferreds, () => [false, undefined]);
  let left = deferreds.length;
  let fired = false;
  const fire = async (go: () => Promise<void>) => {
    if (fired) return;
    fired = true;
    await go();
  };
  const came = async (at: number, success: boolean, result: unknown) => {
    results[at] = [success, result];
    left--;
    if (success && fireOnOneCallback) await fire(() => list.callback([result, at]));
    else if (!success && fireOnOneErrback) await fire(() => list.errback(result));
    else if (left === 0) await fire(() => list.callback(results));
  };
  if (left === 0 && !fireOnOneCallback) await fire(() => list.callback(results));
  for (const [at, deferred] of deferreds.entries()) {
    await deferred.addCallbacks(
      async (result: unknown) => {
        await came(at, true, result);
        return result;
      },
      async (failure: Failure) => {
        await came(at, false, failure);
        return consumeErrors ? undefined : failure;
      },
    );
  }
  return list;
}
