/** Exceptions of concurrent.futures, and how an exception passes from the thread or process that raised it to the one that asks. */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { RuntimeError } from '../errors.ts';

export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

export class InvalidStateError extends Error {
  override readonly name = 'InvalidStateError';
}

export class BrokenProcessPool extends RuntimeError {
  override readonly name = 'BrokenProcessPool';
}

/** Raised elsewhere: the class's name and the text are what came over. */
export class RaisedElsewhere extends Error {
  override readonly name: string;

  constructor({ name, message }: RaisedError) {
    super(message);
    this.name = name;
  }
}

export interface RaisedError {
  readonly [key: string]: Cloneable;
  readonly name: string;
  readonly message: string;
}

export function raisedError(error: unknown): RaisedError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message };
}
