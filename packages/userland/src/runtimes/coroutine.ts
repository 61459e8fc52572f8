/**
 * Generator coroutines (PEP 342; CPython 3.11's Objects/genobject.c): a function that stops at each `yield`, hands a value out and takes one in. Python's
 * rules over a generator of this language: the first `send` must bring nothing, `close` raises GeneratorExit where it stands, the end is
 * StopIteration. The body is an async generator, so that it can make system calls between two yields; these block the thread, coroutine or not.
 */
import { RuntimeError, ValueError } from './errors.ts';

export class StopIteration extends Error {
  override readonly name = 'StopIteration';
  constructor(readonly value: unknown) {
    super(value === undefined ? '' : String(value));
  }
}

export class GeneratorExit extends Error {
  override readonly name = 'GeneratorExit';
}

/** As `inspect.getgeneratorstate` tells it. */
export type CoroutineState = 'created' | 'running' | 'suspended' | 'closed';

/** What a coroutine does, told as it happens: it starts, is suspended with a value, resumed with one, or ends. */
export type CoroutineWatcher = (
  step: 'start' | 'suspend' | 'resume' | 'throw' | 'return' | 'raise',
  value: unknown,
) => void;

export class Coroutine<Out, In = void, Result = void> {
  state: CoroutineState = 'created';

  constructor(
    /** Nothing of it has run yet: calling a generator function only makes the generator. */
    private readonly generator: AsyncGenerator<Out, Result, In>,
    private readonly watch: CoroutineWatcher = () => {},
  ) {}

  /** Runs to the next yield and answers its value. */
  next(): Promise<Out> {
    return this.send(undefined as In);
  }

  /** The same, and `value` is what the yield that it stands at gives. Raises StopIteration when the body returns. */
  async send(value: In): Promise<Out> {
    if (this.state === 'closed') throw new StopIteration(undefined);
    if (this.state === 'created' && value !== undefined) {
      throw new TypeError("can't send non-None value to a just-started generator");
    }
    this.watch(this.state === 'created' ? 'start' : 'resume', value);
    return this.advance(() => this.generator.next(value));
  }

  /** Raises `error` at the yield that it stands at. */
  async throw(error: unknown): Promise<Out> {
    if (this.state === 'created') this.state = 'closed';
    if (this.state === 'closed') throw error;
    this.watch('throw', error);
    return this.advance(() => this.generator.throw(error));
  }

  /** Ends it: GeneratorExit at its yield, so that its `finally` runs. One that yields again is at fault. */
  async close(): Promise<void> {
    try {
      await this.throw(new GeneratorExit());
    } catch (error) {
      if (error instanceof GeneratorExit || error instanceof StopIteration) return;
      throw error;
    }
    throw new RuntimeError('generator ignored GeneratorExit');
  }

  /** A `for` loop over it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Out> {
    for (;;) {
      try {
        yield await this.next();
      } catch (error) {
        if (error instanceof StopIteration) return;
        throw error;
      }
    }
  }

  private async advance(go: () => Promise<IteratorResult<Out, Result>>): Promise<Out> {
    if (this.state === 'running') throw new ValueError('generator already executing');
    this.state = 'running';
    let came: IteratorResult<Out, Result>;
    try {
      came = await go();
    } catch (error) {
      this.state = 'closed';
      this.watch('raise', error);
      // A StopIteration that escapes a body would look like its end (PEP 479).
      throw error instanceof StopIteration ? new RuntimeError('generator raised StopIteration') : error;
    }
    if (came.done === true) {
      this.state = 'closed';
      this.watch('return', came.value);
      throw new StopIteration(came.value);
    }
    this.state = 'suspended';
    this.watch('suspend', came.value);
    return came.value;
  }
}
