/**
 * The turnstile between events and programs. Only one party (a thread of a program, or a lab's script) runs at a time: an event hands the turn to
 * a party, the run loop lets it proceed, and goes on when the party has entered its next blocking call or has ended. Implemented by `world/`.
 */
export interface Party {
  /** Runs the party's code up to its next blocking call. Synchronous parties are parked again when this returns. */
  proceed(): void;
  readonly synchronous: boolean;
  /**
   * True for a lab's script: it may wait for several things at once, so the loop lets all its promises settle before it goes on. Costs a
   * macrotask per resumption, which a script can afford and a program cannot.
   */
  readonly draining: boolean;
  /** After draining: is the party waiting for the world (or done), and not for something foreign? */
  readonly parked: boolean;
  /** Who this is and what it last asked for: `curl[12] on laptop, last call recv(3, 65536)`. */
  describe(): string;
}

export interface Turnstile {
  /** Called inside an event: `party` runs next, before any other event. At most one per event. */
  handTurn(party: Party): void;
  /** The party that has the turn gives it back. */
  giveBack(party: Party): void;
  /** A bug of a program that ends the run: two calls at once in one thread, a runaway loop. */
  fail(error: Error): void;
}

export class ProgramBug extends Error {
  override readonly name = 'ProgramBug';
}
