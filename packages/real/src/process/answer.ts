/**
 * How a worker thread learns what its call came to. It sleeps on a word; nothing, a number or an errno, which is what most calls come to, lies in the words beside it,
 * anything else is a message on its port. So most answers need no message: making and reading one costs more than the rest of the way.
 */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Settled } from './pending.ts';

/** The word's values. */
const NONE = 0;
const MESSAGE = 1;
const NOTHING = 2;
const NUMBER = 3;
const ERRNO = 4;

/** An errno is an object with identity, and on the way its place among all. */
const ERRNOS: readonly Errno[] = Object.values(E);

export class Answer {
  private readonly word: Int32Array;
  private readonly number: Float64Array;

  /** `buffer`: what the other thread's has. */
  constructor(readonly buffer = new SharedArrayBuffer(16)) {
    this.word = new Int32Array(buffer, 0, 1);
    this.number = new Float64Array(buffer, 8, 1);
  }

  /** Tells an outcome, or that it lies on the port (`posted`); false where it has to be posted first. */
  tell(outcome: Settled): boolean {
    if (outcome === undefined) return this.wake(NOTHING);
    if (typeof outcome === 'number') this.number[0] = outcome;
    else if (outcome instanceof Errno) this.number[0] = ERRNOS.indexOf(outcome);
    else return false;
    return this.wake(typeof outcome === 'number' ? NUMBER : ERRNO);
  }

  /** The outcome lies on the port. */
  posted(): void {
    this.wake(MESSAGE);
  }

  private wake(value: number): true {
    Atomics.store(this.word, 0, value);
    Atomics.notify(this.word, 0);
    return true;
  }

  /** Waits for an outcome; false after `ms` without one. */
  await(ms = Number.POSITIVE_INFINITY): boolean {
    // A wake may be the last outcome's, which was taken between the word's change and that wake.
    while (Atomics.load(this.word, 0) === NONE)
      if (Atomics.wait(this.word, 0, NONE, ms) === 'timed-out') return Atomics.load(this.word, 0) !== NONE;
    return true;
  }

  /** What has been told, and the word is as before; `read` takes it from the port where it lies there. */
  take(read: () => Settled): Settled {
    switch (Atomics.exchange(this.word, 0, NONE)) {
      case NOTHING:
        return undefined;
      case NUMBER:
        return this.number[0];
      case ERRNO:
        return ERRNOS[this.number[0]!];
      default:
        return read();
    }
  }
}
