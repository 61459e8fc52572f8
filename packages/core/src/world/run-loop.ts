/**
 * The run loop: fires events and lets one party at a time run (the wake rule). After an event has handed the turn to a thread the loop lets it
 * proceed and goes on one microtask after the thread has entered its next blocking call or has ended. A macrotask turn that comes while a
 * thread still holds the turn proves that it waits for something outside the world (a foreign promise): the run ends and names it.
 */
import { assert } from '../base/assert.ts';
import type { Party, Turnstile } from '../os/party.ts';
import { formatInstant, type Instant } from '../time/instant.ts';
import type { EventQueue } from '../time/queue.ts';

/** Answers in a later macrotask: setImmediate in Node, a MessageChannel in a browser. Never a timer. */
export type MacrotaskTurn = () => Promise<void>;

export class UncontrolledError extends Error {
  override readonly name = 'UncontrolledError';
  constructor(
    readonly party: string,
    readonly at: Instant,
  ) {
    super(
      `at ${formatInstant(at)} s ${party} waits for something outside the world (a timer, fetch or another foreign promise); programs and scripts may only await sys and lab calls`,
    );
  }
}

/** Steps between two macrotask turns that keep a page alive. */
const STEPS_PER_TURN = 50_000;

export interface LoopOptions {
  readonly queue: EventQueue;
  readonly turn: MacrotaskTurn;
  /** Lets every promise settle before each resumption; the digests must not change. */
  readonly strict?: boolean;
}

export class RunLoop implements Turnstile {
  private current: Party | undefined = undefined;
  private release: (() => void) | undefined = undefined;
  private failure: Error | undefined = undefined;
  private running = false;
  private stopRequested = false;
  /** Resumptions of parties since the start. */
  wakes = 0;

  constructor(private readonly options: LoopOptions) {}

  handTurn(party: Party): void {
    assert(this.current === undefined, 'two parties were handed the turn in one event');
    this.current = party;
  }

  giveBack(party: Party): void {
    if (this.current !== party) return;
    this.current = undefined;
    const { release } = this;
    this.release = undefined;
    release?.();
  }

  fail(error: Error): void {
    this.failure ??= error;
    const { release } = this;
    this.release = undefined;
    release?.();
  }

  /** Ends the current `run` after the event in progress. */
  stop(): void {
    this.stopRequested = true;
  }

  /**
   * Fires events up to and including `until`, or until `stop`. Answers whether events are left within the limit (stopped), and rejects with
   * the bug or uncontrolled party that ended the run.
   */
  async run(until: Instant): Promise<void> {
    assert(!this.running, 'the world is running already');
    this.running = true;
    this.stopRequested = false;
    const watch = this.watch();
    try {
      await this.loop(until);
    } finally {
      this.running = false;
    }
    await watch;
  }

  private async loop(until: Instant): Promise<void> {
    const { queue, turn, strict } = this.options;
    let budget = STEPS_PER_TURN;
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (this.current === undefined) {
        if (this.stopRequested || !queue.step(until)) return;
        if (--budget > 0) continue;
        budget = STEPS_PER_TURN;
        if (this.current === undefined) await turn();
        continue;
      }
      const party = this.current as Party;
      this.wakes++;
      if (strict === true) {
        this.current = undefined;
        await turn();
        this.current = party;
      }
      party.proceed();
      if (party.synchronous) this.current = undefined;
      else if (party.draining) await this.drain(party);
      else if (this.current !== undefined) await new Promise<void>((resolve) => (this.release = resolve));
      budget--;
    }
  }

  private async drain(party: Party): Promise<void> {
    await this.options.turn();
    if (this.failure !== undefined) throw this.failure;
    if (!party.parked) throw new UncontrolledError(party.describe(), this.options.queue.now);
    this.current = undefined;
  }

  /** Looks once per macrotask whether the party that holds the turn has gone to wait for something foreign. */
  private async watch(): Promise<void> {
    while (this.running) {
      await this.options.turn();
      if (this.release !== undefined && this.current !== undefined) {
        this.fail(new UncontrolledError(this.current.describe(), this.options.queue.now));
        return;
      }
    }
  }
}
