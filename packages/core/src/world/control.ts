/**
 * A lab's script as a party of the run loop. Its operations (`sh`, `sleep`, `until`) give the turn back and settle when the world has got there;
 * several may be open at once.
 */
import type { Party, Turnstile } from '../os/party.ts';
import type { Instant } from '../time/instant.ts';
import type { Event, EventQueue } from '../time/queue.ts';

export class ScriptParty implements Party {
  readonly synchronous = false;
  readonly draining = true;
  private open = 0;
  private ended = false;
  private dismissed = false;
  private readonly settled: (() => void)[] = [];

  constructor(
    private readonly queue: EventQueue,
    private readonly turnstile: Turnstile,
    private readonly label: string,
  ) {}

  get parked(): boolean {
    return this.ended || this.dismissed || this.open > 0;
  }

  describe(): string {
    return this.label;
  }

  /** Runs the script from the next event on; settles when it has ended. */
  begin(script: () => Promise<void>, onEnd: (error: unknown) => void): void {
    this.settled.push(() => {
      const end = (error: unknown): void => {
        this.ended = true;
        onEnd(error);
      };
      let running: Promise<void>;
      try {
        running = Promise.resolve(script());
      } catch (error) {
        running = Promise.reject(error);
      }
      running.then(() => end(undefined), end);
    });
    this.queue.schedule(this.queue.now, new Resumption(this, this.turnstile));
  }

  /** An operation of the script: `start` is given a function that settles it, to be called inside an event. */
  operation<T>(start: (settle: (value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve) => {
      this.open++;
      let done = false;
      start((value) => {
        if (done || this.dismissed) return;
        done = true;
        this.settled.push(() => {
          this.open--;
          resolve(value);
        });
        this.queue.schedule(this.queue.now, new Resumption(this, this.turnstile));
      });
    });
  }

  proceed(): void {
    if (!this.dismissed) this.settled.shift()?.();
  }

  /** Its time is up: what it waits for never comes, so it does nothing more. */
  dismiss(): void {
    this.dismissed = true;
  }

  sleepUntil(at: Instant): Promise<void> {
    return this.operation<void>((settle) => this.queue.schedule(at, { fire: () => settle() }));
  }
}

class Resumption implements Event {
  constructor(
    private readonly party: ScriptParty,
    private readonly turnstile: Turnstile,
  ) {}

  fire(): void {
    this.turnstile.handTurn(this.party);
  }
}
