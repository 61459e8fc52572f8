/** Python's exceptions that the library raises: the class's name is what programs catch and tracebacks show. */
import { RuntimeError } from '../errors.ts';

export class AssertionError extends Error {
  override readonly name: string = 'AssertionError';
}

export class AttributeError extends Error {
  override readonly name: string = 'AttributeError';
}

export class EOFError extends Error {
  override readonly name: string = 'EOFError';
}

export class BrokenBarrierError extends RuntimeError {
  override readonly name = 'BrokenBarrierError';
}

/** queue.Empty and queue.Full. */
export class Empty extends Error {
  override readonly name = 'Empty';
}

export class Full extends Error {
  override readonly name = 'Full';
}

/** sys.exit(code): ends the thread quietly, and from the main thread the process. */
export class SystemExit extends Error {
  override readonly name = 'SystemExit';

  constructor(readonly code: number = 0) {
    super(String(code));
  }
}
