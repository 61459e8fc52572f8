/**
 * Greenlets: flows of control that hand the thread to each other by name, as the Python package of that name has them. Exactly one of them runs;
 * `switch` stops the caller where it stands, at any depth of its calls, and goes on in the other. The kernel knows nothing of it: one thread, one
 * system call in progress, made by whichever greenlet runs.
 *
 * The body is an async function, whose suspended frames the engine keeps. It may await system calls (then the whole thread waits) and switches,
 * and nothing else. The event loops of this folder are built on it: a task is a greenlet of its loop. Left out: greenlets of several threads.
 */
import { assert } from '@netarium/core/base/assert.ts';

/** Ends a greenlet quietly: the parent gets it as a value, not as an exception. */
export class GreenletExit extends Error {
  override readonly name = 'GreenletExit';
}

/** What a switch brings to the one that is switched to. */
export type Transfer = { readonly value: unknown } | { readonly error: unknown };

interface Suspended {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Greenlet {
  dead = false;
  private started = false;
  private suspended: Suspended | undefined;

  /** Made by `Greenlets.create`; the main greenlet has no parent and no body. */
  constructor(
    private readonly thread: Greenlets,
    private readonly body: ((value: unknown) => Promise<unknown>) | undefined,
    /** Goes on with the result, or the exception, when this one ends. */
    readonly parent: Greenlet | undefined,
    readonly name: string,
  ) {
    this.started = body === undefined;
  }

  /** Runs it until somebody switches back; answers what that switch, or the end of a child, brought. */
  switch(value?: unknown): Promise<unknown> {
    return this.thread.transfer(this, { value });
  }

  /** Raises `error` where it stands; in one that has not begun, at its very beginning. */
  throw(error: unknown): Promise<unknown> {
    return this.thread.transfer(this, { error });
  }

  /** For the thread: the caller of a switch waits here. */
  suspend(suspended: Suspended): void {
    assert(this.suspended === undefined, 'a greenlet is suspended twice: it awaits two switches at once');
    this.suspended = suspended;
  }

  /** For the thread: goes on, or begins. */
  enter(transfer: Transfer): void {
    if (!this.started) {
      this.started = true;
      if ('error' in transfer) this.end(transfer);
      else this.begin(transfer.value);
      return;
    }
    const { suspended } = this;
    assert(suspended !== undefined, 'a greenlet that runs is switched to');
    this.suspended = undefined;
    if ('error' in transfer) suspended.reject(transfer.error);
    else suspended.resolve(transfer.value);
  }

  private begin(value: unknown): void {
    this.body!(value).then(
      (result) => this.end({ value: result }),
      (error: unknown) => this.end({ error }),
    );
  }

  private end(transfer: Transfer): void {
    this.dead = true;
    const quiet = 'error' in transfer && transfer.error instanceof GreenletExit;
    this.thread.goOn(this.parent!, quiet ? { value: transfer.error } : transfer);
  }
}

/** The greenlets of one thread. */
export class Greenlets {
  /** The thread's own flow of control, which is there from the beginning. */
  readonly main = new Greenlet(this, undefined, undefined, 'main');
  current: Greenlet = this.main;

  /** A new greenlet; nothing of it runs before the first switch to it. */
  create(body: (value: unknown) => Promise<unknown>, parent = this.current, name = ''): Greenlet {
    return new Greenlet(this, body, parent, name);
  }

  /** Stops the current greenlet and goes on in `target`; a dead one's place is taken by its parent, which gets the value as it is. */
  transfer(target: Greenlet, transfer: Transfer): Promise<unknown> {
    const from = this.current;
    if (living(target) === from)
      return 'error' in transfer ? Promise.reject(transfer.error) : Promise.resolve(transfer.value);
    return new Promise((resolve, reject) => {
      from.suspend({ resolve, reject });
      this.goOn(target, transfer);
    });
  }

  goOn(target: Greenlet, transfer: Transfer): void {
    this.current = living(target);
    this.current.enter(transfer);
  }
}

function living(greenlet: Greenlet): Greenlet {
  while (greenlet.dead) greenlet = greenlet.parent!;
  return greenlet;
}
