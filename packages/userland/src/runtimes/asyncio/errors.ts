/** Exceptions of asyncio by their Python names. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

export class InvalidStateError extends Error {
  override readonly name = 'InvalidStateError';
}

export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

export class QueueEmpty extends Error {
  override readonly name = 'QueueEmpty';
}

export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

/** A stream ended before `readexactly` or `readuntil` had what it wanted. */
export class IncompleteReadError extends Error {
  override readonly name = 'IncompleteReadError';
  constructor(
    readonly partial: Uint8Array,
    readonly expected: number | undefined,
  ) {
    super(`${partial.length} bytes read on a total of ${expected ?? 'undefined'} expected bytes`);
  }
}

/** More than the limit of a stream came without the separator. */
export class LimitOverrunError extends Error {
  override readonly name = 'LimitOverrunError';
}

/** An exception as Python's `repr` shows it. */
export function repr(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? `${error.name}()` : `${error.name}('${error.message}')`;
}
