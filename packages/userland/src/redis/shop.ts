/** What all clients of a server have in common: the keys, the channels, and those who wait for a push. */
import { Database } from './database.ts';
import { Deque } from './deque.ts';
import { Glob } from './glob.ts';
import { popOne } from './list-commands.ts';
import type { Blocked, Session } from './session.ts';

/** As many as redis.conf has by default. */
export const DATABASES = 16;

export class Shop {
  readonly databases: readonly Database[];
  readonly sessions = new Set<Session>();
  private readonly subscribers = new Map<string, Set<Session>>();
  private readonly patterns = new Map<string, { readonly matches: Glob; readonly sessions: Set<Session> }>();
  /** In the order in which they began to wait. */
  private readonly blocked: Blocked[] = [];
  readonly startedMs: number;
  private lastId = 0;

  constructor(readonly nowMs: () => number) {
    this.startedMs = nowMs();
    this.databases = Array.from({ length: DATABASES }, () => new Database(nowMs));
  }

  /** A new client, and its number. */
  enter(session: Session): number {
    this.sessions.add(session);
    return ++this.lastId;
  }

  get blockedClients(): number {
    return this.blocked.length;
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

  subscribePattern(pattern: string, session: Session): void {
    session.patterns.add(pattern);
    const known = this.patterns.get(pattern);
    if (known === undefined) this.patterns.set(pattern, { matches: new Glob(pattern), sessions: new Set([session]) });
    else known.sessions.add(session);
  }

  unsubscribePattern(pattern: string, session: Session): void {
    session.patterns.delete(pattern);
    const known = this.patterns.get(pattern);
    known?.sessions.delete(session);
    if (known?.sessions.size === 0) this.patterns.delete(pattern);
  }

  /** Answers how many got it; who subscribed the channel and a pattern gets it twice. */
  publish(channel: string, message: string): number {
    const all = this.subscribers.get(channel);
    for (const session of all ?? []) session.send({ push: ['message', channel, message] });
    let count = all?.size ?? 0;
    for (const [pattern, { matches, sessions }] of this.patterns) {
      if (!matches.test(channel)) continue;
      for (const session of sessions) session.send({ push: ['pmessage', pattern, channel, message] });
      count += sessions.size;
    }
    return count;
  }

  leave(session: Session): void {
    this.sessions.delete(session);
    session.watches.forget();
    for (const channel of [...session.channels]) this.unsubscribe(channel, session);
    for (const pattern of [...session.patterns]) this.unsubscribePattern(pattern, session);
  }

  wait(blocked: Blocked): void {
    this.blocked.push(blocked);
  }

  giveUp(blocked: Blocked): void {
    const at = this.blocked.indexOf(blocked);
    if (at >= 0) this.blocked.splice(at, 1);
  }

  /** After a push: who has waited longest for this key gets an element, then the next, while there are any. */
  serveWaiting(database: Database, key: string): void {
    for (let next = this.firstFor(database, key); next !== undefined; next = this.firstFor(database, key)) {
      if (database.get(key) === undefined) return;
      this.giveUp(next);
      const item = popOne(database, key, next.left) as string;
      if (next.give(key, item)) continue;
      // The client is gone: the element goes back to where it was.
      const list = (database.get(key) ?? new Deque()) as Deque;
      list.push(item, next.left);
      database.set(key, list, -1, true);
    }
  }

  private firstFor(database: Database, key: string): Blocked | undefined {
    return this.blocked.find((one) => one.database === database && one.keys.includes(key));
  }
}
