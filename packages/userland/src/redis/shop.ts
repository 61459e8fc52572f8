/** What all clients of a server have in common: the keys, the channels, and those who wait for a push. */
import { popOne } from './commands.ts';
import { Database } from './database.ts';
import type { Blocked, Session } from './session.ts';

export class Shop {
  readonly database: Database;
  private readonly subscribers = new Map<string, Set<Session>>();
  /** In the order in which they began to wait. */
  private readonly blocked: Blocked[] = [];

  constructor(readonly nowMs: () => number) {
    this.database = new Database(nowMs);
  }

  subscribe(channel: string, session: Session): void {
    session.channels.add(channel);
    const all = this.subscribers.get(channel);
    if (all === undefined) this.subscribers.set(channel, new Set([session]));
    else all.add(session);
  }

  unsubscribe(channel: string, session: Session): void {
    session.channels.delete(channel);
    const all = this.subscribers.get(channel);
    all?.delete(session);
    if (all?.size === 0) this.subscribers.delete(channel);
  }

  /** Answers how many got it. */
  publish(channel: string, message: string): number {
    const all = this.subscribers.get(channel);
    for (const session of all ?? []) session.send(['message', channel, message]);
    return all?.size ?? 0;
  }

  leave(session: Session): void {
    for (const channel of [...session.channels]) this.unsubscribe(channel, session);
  }

  wait(blocked: Blocked): void {
    this.blocked.push(blocked);
  }

  giveUp(blocked: Blocked): void {
    const at = this.blocked.indexOf(blocked);
    if (at >= 0) this.blocked.splice(at, 1);
  }

  /** After a push: who has waited longest for this key gets an element, then the next, while there are any. */
  serveWaiting(key: string): void {
    for (let next = this.firstFor(key); next !== undefined; next = this.firstFor(key)) {
      if (this.database.get(key) === undefined) return;
      this.giveUp(next);
      const item = popOne(this.database, key, next.left) as string;
      if (next.give(key, item)) continue;
      // The client is gone: the element goes back to where it was.
      const list = (this.database.get(key) ?? []) as string[];
      if (next.left) list.unshift(item);
      else list.push(item);
      this.database.set(key, list, -1, true);
    }
  }

  private firstFor(key: string): Blocked | undefined {
    return this.blocked.find(({ keys }) => keys.includes(key));
  }
}
