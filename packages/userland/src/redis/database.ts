/** The keys of a server: strings and lists, each with an expiry or without. A key that is over its time is gone for whoever looks. */
import type { Deque } from './deque.ts';
import { KeyOrder } from './key-order.ts';

export type Value = string | Deque;

/** Told that a key has changed or gone (WATCH). */
export interface Watcher {
  changed: boolean;
}

interface Entry {
  readonly key: string;
  value: Value;
  /** Milliseconds of the server's clock; undefined for never. */
  expiresMs: number | undefined;
  gone: boolean;
}

export class Database {
  private readonly entries = new Map<string, Entry>();
  private readonly order = new KeyOrder<Entry>();
  private readonly watchers = new Map<string, Set<Watcher>>();

  constructor(private readonly nowMs: () => number) {}

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresMs === undefined || entry.expiresMs > this.nowMs()) return entry;
    this.remove(entry);
    return undefined;
  }

  private remove(entry: Entry): void {
    this.entries.delete(entry.key);
    this.order.remove(entry);
    this.touched(entry.key);
  }

  get(key: string): Value | undefined {
    return this.live(key)?.value;
  }

  /** Takes a former expiry away unless `keepExpiry`; a negative one is none. */
  set(key: string, value: Value, expiresMs = -1, keepExpiry = false): void {
    const before = this.live(key);
    const expires = (keepExpiry ? before?.expiresMs : undefined) ?? (expiresMs < 0 ? undefined : expiresMs);
    if (before === undefined) {
      const entry = { key, value, expiresMs: expires, gone: false };
      this.entries.set(key, entry);
      this.order.add(entry);
    } else {
      before.value = value;
      before.expiresMs = expires;
    }
    this.touched(key);
  }

  delete(key: string): boolean {
    const entry = this.live(key);
    if (entry !== undefined) this.remove(entry);
    return entry !== undefined;
  }

  /** Milliseconds left; -1 without an expiry, -2 without the key (TTL). */
  leftMs(key: string): number {
    const entry = this.live(key);
    if (entry === undefined) return -2;
    return entry.expiresMs === undefined ? -1 : entry.expiresMs - this.nowMs();
  }

  /** When the key goes, which may be over already; undefined takes the expiry away. False without the key. */
  expire(key: string, expiresMs: number | undefined): boolean {
    const entry = this.live(key);
    if (entry === undefined) return false;
    entry.expiresMs = expiresMs;
    this.touched(key);
    this.live(key);
    return true;
  }

  keys(): string[] {
    return [...this.entries.keys()].filter((key) => this.live(key) !== undefined);
  }

  /** So many keys from a cursor on, and the next cursor, 0 at the end. */
  scan(cursor: number, count: number): { readonly next: number; readonly keys: readonly string[] } {
    const { next, items } = this.order.from(cursor, count);
    return { next, keys: items.map(({ key }) => key).filter((key) => this.live(key) !== undefined) };
  }

  clear(): void {
    for (const key of this.entries.keys()) this.touched(key);
    this.entries.clear();
    this.order.clear();
  }

  /** A list was changed where it is. */
  touched(key: string): void {
    for (const watcher of this.watchers.get(key) ?? []) watcher.changed = true;
  }

  watch(key: string, watcher: Watcher): void {
    // A key that is over its time is not there to begin with.
    this.live(key);
    const all = this.watchers.get(key);
    if (all === undefined) this.watchers.set(key, new Set([watcher]));
    else all.add(watcher);
  }

  unwatch(key: string, watcher: Watcher): void {
    const all = this.watchers.get(key);
    all?.delete(watcher);
    if (all?.size === 0) this.watchers.delete(key);
  }
}
