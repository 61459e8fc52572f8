/**
 * One writer at a time: the lock that a transaction takes with its first change and keeps to its end. Who waits is served in order; after the time of
 * `innodb_lock_wait_timeout` waiting ends with error 1205. There is one lock, so nobody can wait in a circle: error 1213 does not occur.
 */
import { sqlError } from '../errors.ts';

/** A pause that somebody else ends: true, or the time does: false. */
export type Pause = (seconds: number) => Promise<{ wait(): Promise<boolean>; end(): void }>;

export class WriteLock {
  private owner: object | undefined;
  private readonly waiting: { readonly who: object; end(): void }[] = [];

  constructor(private readonly pause: Pause) {}

  heldBy(who: object): boolean {
    return this.owner === who;
  }

  async acquire(who: object, seconds: number): Promise<void> {
    if (this.owner === undefined || this.owner === who) {
      this.owner = who;
      return;
    }
    const { wait, end } = await this.pause(seconds);
    const place = { who, end };
    this.waiting.push(place);
    if (this.owner === undefined) this.passOn();
    // The lock may have come in the instant in which the time ended.
    if ((await wait()) || this.heldBy(who)) return;
    const at = this.waiting.indexOf(place);
    if (at >= 0) this.waiting.splice(at, 1);
    throw sqlError(1205);
  }

  release(who: object): void {
    if (this.owner !== who) return;
    this.owner = undefined;
    this.passOn();
  }

  /** Hands the lock to who has waited longest, before anybody else can take it. */
  private passOn(): void {
    const next = this.waiting.shift();
    if (next === undefined) return;
    this.owner = next.who;
    next.end();
  }
}
